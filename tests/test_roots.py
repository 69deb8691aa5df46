"""Roots: recovered where they are, refused where there is none, element by element."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offshoring.roots import find_root, find_root_above


def cube(x, root):
    return x**3 - root**3


@given(st.lists(st.floats(-2, 3), min_size=1, max_size=30))
def test_finds_the_roots_it_was_built_from(roots):
    found = find_root(cube, -3.0, 4.0, args=(np.array(roots),))
    assert cube(found, np.array(roots)) == pytest.approx(0, abs=1e-13)


def test_a_number_and_an_array_agree():
    many = find_root(cube, [-3.0, 0.0], 4.0, args=([1.0, 2.0],))
    assert many.tolist() == [find_root(cube, -3.0, 4.0, (1.0,)), find_root(cube, 0.0, 4.0, (2.0,))]
    assert find_root(cube, -3.0, 4.0, (1.0,)).shape == ()


def test_a_root_at_the_end_of_a_bracket_is_exact():
    assert find_root(cube, 1.0, 4.0, args=(1.0,)) == 1.0
    assert find_root(cube, -3.0, 1.0, args=(1.0,)) == 1.0


def test_no_points_no_roots():
    assert find_root(cube, 0.0, np.array([]), args=(1.0,)).shape == (0,)


def test_a_bracket_without_sign_change_is_shown():
    words = (
        r"no sign change between x = 2 and x = 4 \(1 of 3 brackets\): the residual is 7 at 2 and "
        r"63 at 4"
    )
    with pytest.raises(ValueError, match=words):
        find_root(cube, [0.0, 2.0, 0.0], 4.0, args=(1.0,))
    with pytest.raises(ValueError, match=r"no sign change between x = 2 and x = 4: the residual"):
        find_root(cube, 2.0, 4.0, args=(1.0,))


def test_a_bracket_that_does_not_shrink_is_said():
    with pytest.raises(ValueError, match="no convergence between x = 0 and x = 1e"):
        find_root(lambda x: x - 1e-300, 0.0, 1e300)


def test_a_residual_without_value_is_an_error():
    with pytest.raises(ValueError, match=r"no value between .* the residual is nan at 0"):
        find_root(lambda x: x * np.nan, 0.0, 1.0)


def test_the_bracket_grows_until_it_holds_the_root():
    roots = np.array([0.5, 1.0, 3.0, 17.0, 63.0, 64.0, 65.0])
    found = find_root_above(lambda x, r: x - r, 0.0, 64.0, args=(roots,))
    assert found[:-1] == pytest.approx(roots[:-1], rel=1e-15)
    assert np.isnan(found[-1])  # beyond the limit
    assert find_root_above(lambda x, r: x - r, 0.0, 64.0, args=(np.array([]),)).shape == (0,)
