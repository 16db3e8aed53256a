"""Web pages as pictures: a Chromium without a network, one for each picture, killed when it takes too long."""
