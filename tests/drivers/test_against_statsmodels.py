"""The two regressions against statsmodels, another implementation of both.

Which small-sample variant is ours. Linear: HC3 for independent responses, with and without weights. Where people
answered repeatedly, the same HC3-stretched residuals are summed per person before they are squared, without a further
factor; that is statsmodels' sum of squares over groups, given its own deleted residuals. Ordinal: the inverse observed
information, or the sandwich without a factor, of which statsmodels computes the derivatives numerically.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from feedback_nlp.config import DriversConfig
from feedback_nlp.drivers.design import build_design
from feedback_nlp.drivers.drag import fit_terms
from feedback_nlp.drivers.ordinal import fit_logit
from feedback_nlp.drivers.sample import read_sample

CASES = [{}, {"weighted": True}, {"people": 150}, {"weighted": True, "people": 150}]


def read(tables):
    sample = read_sample(*tables)
    return sample, build_design([sample], DriversConfig()).columns[0]


def linear(sample, columns, **options):
    from statsmodels.regression.linear_model import WLS

    return WLS(sample.points, columns.toarray(), weights=sample.weights).fit(**options)


@pytest.fixture(scope="module")
def ordered(survey):
    """A sample, its columns, and statsmodels' model and results; with numerical derivatives, so it is fitted once."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    sample, columns = read(survey(n=300, n_themes=2, people=150))
    model = OrderedModel(sample.points, columns.toarray()[:, 1:], distr="logit")
    return sample, columns, model, model.fit(method="bfgs", disp=False, gtol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_linear_effects_are_those_of_statsmodels(survey, case):
    sample, columns = read(survey(**case))
    assert fit_terms(columns, sample).effects == pytest.approx(linear(sample, columns).params, abs=1e-9)


@pytest.mark.parametrize("case", CASES[:2])
def test_their_covariance_is_statsmodels_hc3(survey, case):
    sample, columns = read(survey(**case))
    expected = linear(sample, columns, cov_type="HC3").cov_params()
    assert fit_terms(columns, sample).of_effects == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_error_of_each_linear_effect_is_the_one_statsmodels_prints(survey):
    sample, columns = read(survey())
    errors = np.sqrt(np.diag(fit_terms(columns, sample).of_effects))
    assert errors == pytest.approx(linear(sample, columns, cov_type="HC3").bse, rel=1e-9)


@pytest.mark.parametrize("case", CASES[2:])
def test_with_repeats_it_is_the_group_sum_of_the_deleted_residuals(survey, case):
    from statsmodels.regression.linear_model import OLS
    from statsmodels.stats.sandwich_covariance import S_crosssection

    sample, columns = read(survey(**case))
    root = np.sqrt(sample.weights)
    x = columns.toarray() * root[:, None]
    fitted = OLS(sample.points * root, x).fit()
    scores = x * fitted.get_influence().resid_press[:, None]  # resid_press = e / (1 − h)
    bread = fitted.normalized_cov_params
    expected = bread @ S_crosssection(scores, sample.clusters) @ bread
    assert fit_terms(columns, sample).of_effects == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_with_repeats_it_is_near_statsmodels_clustered_errors_and_above_them(survey):
    sample, columns = read(survey(n=3000, people=1000))
    plain = {"groups": sample.clusters, "use_correction": False}
    expected = linear(sample, columns, cov_type="cluster", cov_kwds=plain).bse
    ratio = np.sqrt(np.diag(fit_terms(columns, sample).of_effects)) / expected
    assert (ratio > 1).all()  # the residuals are stretched by 1 / (1 − h)
    assert (ratio < 1.02).all()


def test_ordinal_effects_and_likelihood_are_those_of_statsmodels(ordered):
    sample, columns, _, expected = ordered
    ours = fit_logit(columns, sample)
    assert ours.held == ()
    assert ours.slopes[1:] == pytest.approx(expected.params[: columns.shape[1] - 1], abs=1e-5)
    assert ours.log_likelihood == pytest.approx(expected.llf, abs=1e-7)
    assert ours.log_likelihood >= expected.llf - 1e-10


def test_ordinal_errors_are_those_of_statsmodels(ordered):
    sample, columns, _, expected = ordered
    ours = fit_logit(columns, replace(sample, clusters=None))
    assert not ours.is_robust
    assert ours.errors[1:] == pytest.approx(expected.bse[: columns.shape[1] - 1], rel=1e-4)


def test_ordinal_thresholds_are_those_of_statsmodels(ordered):
    sample, columns, model, expected = ordered
    thresholds = model.transform_threshold_params(expected.params)[1:-1]
    assert fit_logit(columns, sample).cuts == pytest.approx(thresholds, abs=1e-5)


def test_fitted_probabilities_are_those_of_statsmodels(ordered):
    sample, columns, _, expected = ordered
    ours = fit_logit(columns, sample)
    below = expit(ours.cuts - (columns @ ours.slopes)[:, None])
    assert np.diff(below, prepend=0, append=1) == pytest.approx(expected.predict(), abs=1e-5)


def test_ordinal_errors_with_repeats_are_the_sandwich_of_its_scores(ordered):
    sample, columns, model, expected = ordered
    scores = pd.DataFrame(model.score_obs(expected.params)).groupby(sample.clusters).sum().to_numpy()
    bread = np.linalg.inv(-model.hessian(expected.params))
    errors = np.sqrt(np.diag(bread @ scores.T @ scores @ bread))
    ours = fit_logit(columns, sample)
    assert ours.is_robust
    assert ours.errors[1:] == pytest.approx(errors[: columns.shape[1] - 1], rel=1e-4)


def test_an_ordinal_fit_without_passives_is_the_binary_logit(survey):
    from statsmodels.discrete.discrete_model import Logit

    responses, mentions, themes = survey(n=600)
    sample, columns = read((responses[responses["category"] != "passive"], mentions[mentions["response_id"].isin(
        responses["response_id"][responses["category"] != "passive"])], themes))  # fmt: skip
    expected = Logit(sample.points > 0, columns.toarray()).fit(disp=False, tol=1e-12)
    ours = fit_logit(columns, sample)
    assert ours.cuts == pytest.approx([-expected.params[0]] * 2, abs=1e-7)
    assert ours.slopes[1:] == pytest.approx(expected.params[1:], abs=1e-7)
    assert ours.errors[1:] == pytest.approx(expected.bse[1:], rel=1e-6)
