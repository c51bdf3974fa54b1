"""One thread for every test of the laboratory: the models are tiny, and results do not depend on the machine."""

from __future__ import annotations

import torch

torch.set_num_threads(1)
