"""Writes of screening: seats, votes, settlements, and the standing that follows from them."""
