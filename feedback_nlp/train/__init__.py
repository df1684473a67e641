"""Labels to a classifier: people name the themes of some comments, the model learns to find them in all others.

train_model      labels (and the run they belong to) -> a model folder that `run --model` uses
evaluate_model   a model and labels it has not seen -> precision, recall and F1 of each theme
fit_classifier   the fit alone: statements, vectors and labels -> ThemeModel
read_labels      the table of labels, checked
"""

from feedback_nlp.train.evaluate import evaluate_model, score_themes
from feedback_nlp.train.fit import fit_classifier
from feedback_nlp.train.labels import Labels, read_labels
from feedback_nlp.train.models import train_model

__all__ = ["Labels", "evaluate_model", "fit_classifier", "read_labels", "score_themes", "train_model"]
