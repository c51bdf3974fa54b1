"""Understanding free English questions by rule: no model, no network, the same answer every time.

Read in this order: `words` (text to stems), `query` (what a question turns into), `phrases` (which property is meant),
`comparisons` (bigger than ...), `naming` (guesses and spelling), `understanding` (one sentence, then a whole reply).
"""
