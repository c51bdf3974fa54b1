"""Language models as policies: words to tokens and back, forward passes with kept keys and values, sampling."""
