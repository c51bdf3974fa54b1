"""The warm-up: imitation of deliberately mediocre players and the worlds' facts, giving a base that RL starts from."""
