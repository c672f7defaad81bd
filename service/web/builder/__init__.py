"""The form builder: pages on which forms are made, tried and published."""
