"""Formats for exchange with threat-intelligence and fact-checking platforms."""
