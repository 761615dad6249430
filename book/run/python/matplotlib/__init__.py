"""Figures as SVG: as much of matplotlib as this book's figures ask for."""
