"""Training run: what a project of fine-tuning costs, hosted or on rented accelerators."""

from __future__ import annotations

from calculators.hardware.training import (
    FLASH as FLASH,
)
from calculators.hardware.training import (
    FULL as FULL,
)
from calculators.hardware.training import (
    LORA as LORA,
)
from calculators.hardware.training import (
    MIXED as MIXED,
)
from calculators.hardware.training import (
    NOTHING as NOTHING,
)
from calculators.hardware.training import (
    OPTIMISER as OPTIMISER,
)
from calculators.hardware.training import (
    QLORA as QLORA,
)
from calculators.hardware.training import (
    SCORES as SCORES,
)
from calculators.hardware.training import (
    SHARINGS as SHARINGS,
)
from calculators.hardware.training import (
    SIXTEEN as SIXTEEN,
)
from calculators.hardware.training import (
    WEIGHTS as WEIGHTS,
)
from calculators.hardware.training import (
    Memory as Memory,
)
from calculators.hardware.training import (
    Pass as Pass,
)
from calculators.hardware.training import (
    Shape as Shape,
)
from calculators.hardware.training import (
    Trained as Trained,
)
from calculators.kernel.calculator import Calculator
from calculators.training_run.formula import training_run
from calculators.training_run.inputs import GROUPS, TrainingRun
from calculators.training_run.presets import PRESETS
from calculators.training_run.report import report

CALCULATOR = Calculator(
    slug="training-run",
    question="What does it cost to fine-tune, hosted or on rented accelerators?",
    inputs=TrainingRun,
    groups=GROUPS,
    formula=training_run,
    report=report,
    along="examples",
    decades=(2, 7),
    presets=PRESETS,
    leading=("examples", "example_tokens", "epochs", "tuned_model", "parameters", "rental"),
    unit="USD",
)
