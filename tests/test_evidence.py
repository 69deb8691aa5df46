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
    with pytest.raises(TypeError, match=r"toy-1: 0\.5 contains floating-point numbers"):
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
