"""Understanding free English questions by rule: no network, no language model, the same answer every time.

Read in this order: `vocabulary` (closed word lists), `words` (text to stems), `forms` (sentence forms to the plainest),
`query` (what a question turns into), `phrases` (the nearest known phrasing), `thesaurus` (words to concepts), `linear` (a
linear reader fitted to the phrases by `fit`), `comparisons` (bigger than ...), `naming` (guesses and spelling), `single`
(one question), `understanding` (one sentence, then a whole reply).
"""
