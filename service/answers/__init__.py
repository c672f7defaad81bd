"""WHAT AN ANSWER MEANS: what is asked given the answers so far, whether they are valid, what they raise."""
