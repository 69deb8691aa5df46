"""Evidence: a true claim prints one line, a false one raises, an empty one is refused."""

import numpy as np
import pytest
import sympy as sp

from offshoring.evidence import EvidenceError, as_printed, prove, reproduce, verify

x = sp.Symbol("x", positive=True)


def test_a_proof_prints_one_line(capsys):
    prove("toy-1", sp.sin(x) ** 2 + sp.cos(x) ** 2, 1)
    prove("toy-2", sp.Integral(x, (x, 0, 2)), 2, "an integral")
    prove("toy-3", sp.Matrix([[x, 1]]) - sp.Matrix([[x, 1]]))
    prove("toy-4", sp.Matrix([x + 1]), sp.Matrix([1 + x]))
    assert capsys.readouterr().out.splitlines() == [
        "toy-1 · proved · the difference is exactly zero",
        "toy-2 · proved · an integral: the difference is exactly zero",
        "toy-3 · proved · the difference is exactly zero",
        "toy-4 · proved · the difference is exactly zero",
    ]


def test_a_false_identity_is_not_proved():
    with pytest.raises(EvidenceError, match=r"toy-1: not proved, the difference is x"):
        prove("toy-1", 2 * x, x)
    with pytest.raises(EvidenceError, match="not proved"):
        prove("toy-1", sp.Matrix([x, 1]), sp.Matrix([x, 2]))


def test_a_proof_has_no_floating_point():
    with pytest.raises(TypeError, match=r"toy-1: 0\.5\d* has floating-point numbers"):
        prove("toy-1", sp.Float(0.5), 0)
    with pytest.raises(TypeError, match=r"toy-1: 0\.5\d* has floating-point numbers"):
        prove("toy-1", x / 2 - x / 2, 0.5)


def test_a_verification_prints_its_error(capsys):
    verify("toy-1", [1.0, 2.0 + 2e-9], [1.0, 2.0], rtol=1e-8)
    verify("toy-2", 1e-15, 0.0, rtol=1e-8, atol=1e-12, claim="a zero")
    assert capsys.readouterr().out.splitlines() == [
        "toy-1 · verified · 2 values, largest relative error 1.0e-09 (allowed 1e-08)",
        "toy-2 · verified · a zero: 1 value, largest relative error 1.0e-15 "
        "(allowed 1e-08, or absolute 1e-12)",
    ]


@pytest.mark.parametrize(
    "left, right, words",
    [
        ([1.0, 2.0, 3.1], [1.0, 2.0, 3.0], "1 of 3 values differ by more than the relative error"),
        ([1.0, np.nan], [1.0, 2.0], "some values are not finite"),
        ([1.0, 2.0], [1.0, np.inf], "some values are not finite"),
        ([], [], "there is no value to compare"),
    ],
)
def test_a_false_number_is_not_verified(left, right, words):
    with pytest.raises(EvidenceError, match=words):
        verify("toy-1", left, right, rtol=1e-6)


def test_a_fact_is_reproduced_or_not(capsys):
    reproduce("toy-1", "the curve rises", np.array([True, True]))
    assert capsys.readouterr().out == "toy-1 · reproduced · the curve rises\n"
    with pytest.raises(EvidenceError, match="toy-1: not reproduced: the curve rises"):
        reproduce("toy-1", "the curve rises", np.array([True, False]))


@pytest.mark.parametrize("holds", [1.0, "yes", np.array([], dtype=bool), None])
def test_a_check_that_cannot_fail_is_refused(holds):
    with pytest.raises(TypeError, match="must be True or False"):
        reproduce("toy-1", "anything", holds)


def test_printed_digits_set_the_tolerance():
    assert as_printed([0.4729, 0.4736, 2.0, -0.107], "0.473 0.473 2 -0.11").tolist() == [
        True,
        False,
        True,
        True,
    ]
    assert as_printed(0.25, "0.3").tolist() == [True]
    assert not as_printed(np.nan, "1.0")[0]
    with pytest.raises(ValueError, match=r"as_printed: 2 values against 1 in '1\.0'"):
        as_printed([1.0, 2.0], "1.0")


@pytest.mark.parametrize(
    "left, right",
    [
        (sp.nan, 5),
        (sp.oo, 2 * sp.oo + 7),
        (sp.zoo, sp.zoo),
        (sp.Integral(1 / x, (x, 0, 1)), sp.Integral(1 / x**2, (x, 0, 1))),
        (sp.sin(x) / x, (sp.sin(x) / x).subs(x, 0)),
    ],
)
def test_nothing_is_proved_about_the_infinite_or_undefined(left, right):
    with pytest.raises(EvidenceError, match="a side is infinite or undefined"):
        prove("toy-1", left, right)


@pytest.mark.parametrize(
    "left, right",
    [(sp.Matrix([]), 0), (sp.Matrix([1, 2]), sp.Matrix([1, 2, 3])), (x, sp.Matrix([x, x]))],
)
def test_nothing_is_proved_about_nothing(left, right):
    with pytest.raises(EvidenceError, match="there is nothing to compare"):
        prove("toy-1", left, right)


def test_the_right_side_of_a_verification_sets_the_scale():
    verify("toy-1", 1.0, 1.105, rtol=0.1)  # 0.105 is within a tenth of 1.105, not of 1
    with pytest.raises(EvidenceError):
        verify("toy-1", 1.105, 1.0, rtol=0.1)
    with pytest.raises(EvidenceError):
        verify("toy-1", 1e-9, 2e-9, rtol=0.1)  # relative, however small the numbers


@pytest.mark.parametrize(
    "options, words",
    [
        ({"rtol": np.nan}, "rtol = nan must be finite and >= 0"),
        ({"rtol": np.inf}, "rtol = inf must be"),
        ({"rtol": 1e-6, "atol": -1.0}, "atol = -1.0 must be"),
    ],
)
def test_a_tolerance_that_lets_all_pass_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        verify("toy-1", 1.0, 2.0, **options)


@pytest.mark.parametrize("side", [1 + 1j, np.ma.array([1.0, 2.0], mask=[False, True])])
def test_complex_and_masked_numbers_are_not_verified(side):
    with pytest.raises(ValueError, match="must be real and without a mask"):
        verify("toy-1", side, 1.0, rtol=1e-6)


@pytest.mark.parametrize("digits", ["1e-3", "1.", "one", "--1"])
def test_only_plain_decimals_are_printed_digits(digits):
    with pytest.raises(ValueError, match="must be plain decimal numbers"):
        as_printed(0.4, digits)
