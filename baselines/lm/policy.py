"""A policy: a transformers causal language model, its tokenizer, and how to run both fast."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

from turnbench.baselines.lm.chat import Chat
from turnbench.baselines.lm.llama import LlamaForward, is_plain_llama
from turnbench.baselines.lm.session import GenericSession, LlamaSession, Session, begin
from turnbench.errors import UsageError

disable_progress_bar()  # type: ignore[no-untyped-call]  # of loading and saving a file of two megabytes


class Policy:
    """A language model that plays.

    Args:
        model: any transformers causal language model.
        tokenizer: its tokenizer.
        name: what results call it.
    """

    def __init__(self, model: Any, tokenizer: Any, name: str = "") -> None:
        self.model, self.tokenizer, self.name = model, tokenizer, name
        model.eval()
        self.chat = Chat(tokenizer)
        self.forward: Any = LlamaForward(model) if is_plain_llama(model) else model
        """What `scoring.logits_before` takes."""

    @classmethod
    def load(cls, path: str | Path, dtype: torch.dtype = torch.float32, device: str | None = None) -> Policy:
        """A `save_pretrained` folder (or a hub name that is already on this machine).

        Raises:
            UsageError: there is no model there, or it cannot be read.
        """
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        if not Path(path).is_dir() and (str(path).count("/") > 1 or str(path)[:1] in "/.~"):
            raise UsageError(
                f"There is no folder {str(path)!r}: give one that save_pretrained wrote, tokenizer included."
            )
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
            model: Any = AutoModelForCausalLM.from_pretrained(str(path), dtype=dtype, local_files_only=True)
            model = model.to(device)
        except Exception as error:
            raise UsageError(
                f"Cannot load a model from {str(path)!r}: {type(error).__name__}: {str(error).splitlines()[0]} "
                "Give a folder that save_pretrained wrote, tokenizer included."
            ) from error
        return cls(model, tokenizer, str(path))

    def save(self, path: str | Path, dtype: torch.dtype | None = None) -> None:
        """Write model and tokenizer as transformers does (safetensors), in `dtype` if given."""
        state = {k: v.to(dtype) for k, v in self.model.state_dict().items()} if dtype else None
        self.model.save_pretrained(path, state_dict=state)
        self.tokenizer.save_pretrained(path)

    @property
    def parameters(self) -> int:
        """Number of parameters."""
        return sum(p.numel() for p in self.model.parameters())

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return torch.device(self.model.device)

    def session(self, texts: Sequence[Sequence[int]]) -> tuple[Session, Tensor]:
        """A session that holds these token texts, and the logits after each."""
        return begin(self._empty_session, texts)

    def _empty_session(self, rows: int) -> Session:
        if isinstance(self.forward, LlamaForward):
            return LlamaSession(self.forward, rows)
        return GenericSession(self.model, rows)

    def freeze(self) -> None:
        """Call before playing: what can be kept between updates is kept."""
        if isinstance(self.forward, LlamaForward):
            self.forward.freeze()

    def thaw(self) -> None:
        """Call before training."""
        if isinstance(self.forward, LlamaForward):
            self.forward.thaw()

    def weights_hash(self) -> str:
        """16 hexadecimal digits of the weights in bfloat16 (what a checkpoint stores) and the vocabulary."""
        digest = hashlib.sha256()
        for name, value in sorted(self.model.state_dict().items()):
            digest.update(name.encode())
            digest.update(value.detach().cpu().to(torch.bfloat16).view(torch.int16).numpy().tobytes())
        digest.update(json.dumps(self.tokenizer.get_vocab(), sort_keys=True).encode())
        return digest.hexdigest()[:16]


def new_policy(
    tokenizer: PreTrainedTokenizerFast,
    width: int = 128,
    layers: int = 4,
    heads: int = 4,
    inner: int = 384,
    seed: int = 0,
    positions: int = 2048,
    device: str | None = None,
    spread: float = 0.02,
) -> Policy:
    """A randomly initialised Llama-shaped model for `tokenizer`; the process-wide random state is left as it was.

    It is drawn on the processor, so that a seed gives the same weights everywhere, and then moved to `device` (CUDA where
    there is one, if None). `spread` is the standard deviation of its weights.
    """
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        initializer_range=spread,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model: Any = LlamaForCausalLM(config)
    return Policy(model.to(device or ("cuda" if torch.cuda.is_available() else "cpu")), tokenizer, "new")
