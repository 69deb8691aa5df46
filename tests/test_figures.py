"""The book's style: distinct readable colours, labels where the lines are."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from offshoring.figures import BLUE, GREEN, INK, PLUM, RUST, label_line, mark, style


def luminance(colour):
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.fixture
def axes():
    with mpl.rc_context():
        style()
        fig, ax = plt.subplots()
        yield ax
        plt.close(fig)


@pytest.mark.parametrize("colour", [BLUE, RUST, GREEN, PLUM, INK])
def test_every_colour_can_be_read_as_text_on_white(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_colours_differ():
    for a, b in itertools.combinations([BLUE, RUST, GREEN, PLUM, INK], 2):
        assert np.abs(np.subtract(mpl.colors.to_rgb(a), mpl.colors.to_rgb(b))).max() > 0.1


def test_style_sets_the_cycle_and_the_size(axes):
    colours = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert colours == [BLUE, RUST, GREEN, PLUM, INK]
    assert tuple(axes.figure.get_size_inches()) == (6.4, 4.0)


def test_a_label_stands_at_the_end_of_its_line_in_its_colour(axes):
    (line,) = axes.plot([0, 1, 2], [0, 1, np.nan])
    label_line(axes, line, "rising")
    label_line(axes, line, "middle", at=0.25, ha="right")
    end, middle = axes.texts
    assert (end.get_text(), tuple(end.xy), end.get_color()) == ("rising", (1.0, 1.0), BLUE)
    assert tuple(middle.xy) == (0.25, 0.25)
    assert middle.get_ha() == "right"


def test_a_label_off_the_line_is_refused(axes):
    (line,) = axes.plot([0, 1], [0, 1])
    with pytest.raises(ValueError, match=r"at = 3 must be on the line, between 0 and 1"):
        label_line(axes, line, "nowhere", at=3)


def test_mark_puts_a_dot_and_a_word(axes):
    mark(axes, 1, 2, "here", offset=(5, 5))
    assert axes.lines[-1].get_xydata().tolist() == [[1, 2]]
    assert axes.texts[-1].get_text() == "here"
