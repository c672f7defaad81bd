"""The form into which a card opens: its fields, their values, conditions as lines."""
