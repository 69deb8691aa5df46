"""Regimes of an economy with offshoring: who imports intermediates, and which firms there are."""

from __future__ import annotations

ALL_HOME, SOME_H, H_ABROAD, SOME_L, ALL_ABROAD = range(5)

REGIMES = {
    ALL_HOME: "closed",
    SOME_H: "some high-tech firms offshore",
    H_ABROAD: "high-tech firms offshore",
    SOME_L: "some low-tech firms offshore",
    ALL_ABROAD: "all firms offshore",
    5: "no low-tech firm, closed",
    6: "no low-tech firm, some offshore",
    7: "no high-tech firm, closed",
    8: "no high-tech firm, some offshore",
    9: "no high-tech firm, all offshore",
    -1: "no equilibrium",
}

# What a regime is called where a sector has no firm
WITHOUT_L = {ALL_HOME: 5, SOME_H: 6}
WITHOUT_H = {ALL_HOME: 7, H_ABROAD: 7, SOME_L: 8, ALL_ABROAD: 9}
