"""Draws web pages as pictures: one Chromium without a network for each picture, killed when it takes too long."""
