"""Understanding free English questions by rule: no network, no language model, the same answer every time.

Read in this order: `vocabulary` (closed word lists), `words` (text to stems), `query` (what a question turns into),
`phrases` (the nearest known phrasing), `linear` (a linear reader fitted to the phrases by `fit`), `comparisons` (bigger
than ...), `naming` (guesses and spelling), `understanding` (one sentence, then a whole reply).
"""
