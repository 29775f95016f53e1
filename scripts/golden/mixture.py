"""Golden values for test/stats/mixture.test.ts from scikit-learn's GaussianMixture, checked by a direct maximisation.

Run:  /usr/bin/python3 scripts/golden/mixture.py        (writes fixtures/golden/mixture.json)
      Debian package: python3-sklearn
"""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
from scipy.stats import norm
from sklearn.mixture import GaussianMixture

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "golden" / "mixture.json"
rng = np.random.default_rng(20240302)


def draw(*parts):
    return np.concatenate([rng.normal(mean, sd, n) for n, mean, sd in parts])


samples = {
    "one normal": draw((200, 3, 0.5)),
    "two well apart": draw((100, 1, 0.3), (60, 5, 0.4)),
    "two of unlike width": draw((150, 0, 0.2), (90, 1.5, 0.8)),
    "overlapping": draw((120, 0, 1), (120, 2.2, 1)),
    "one in twenty": draw((190, 2, 0.3), (10, 6, 0.3)),
    "log of bursts": np.log(np.concatenate([rng.gamma(9, 3, 150), rng.gamma(9, 0.02, 80)])),
    "nested": draw((100, 0, 0.1), (100, 0, 2)),
}


def direct(x, start):
    """Greatest likelihood by a simplex that shares nothing with EM."""

    def minus(theta):
        w = 1 / (1 + np.exp(-theta[0]))
        a = np.log(w) + norm.logpdf(x, theta[1], np.exp(theta[2]))
        b = np.log1p(-w) + norm.logpdf(x, theta[3], np.exp(theta[4]))
        return -np.logaddexp(a, b).sum()

    found = minimize(minus, start, method="Nelder-Mead", options={"maxiter": 40000, "xatol": 1e-10, "fatol": 1e-10})
    return -found.fun


cases = []
for name, x in samples.items():
    one = GaussianMixture(1, reg_covar=0).fit(x[:, None])
    two = GaussianMixture(2, reg_covar=0, tol=1e-13, max_iter=100000, n_init=20, random_state=1).fit(x[:, None])
    order = np.argsort(two.means_[:, 0])
    weights, means, sds = two.weights_[order], two.means_[order, 0], np.sqrt(two.covariances_[order, 0, 0])
    likelihood = float(two.score(x[:, None]) * len(x))
    start = [np.log(weights[0] / weights[1]), means[0], np.log(sds[0]), means[1], np.log(sds[1])]
    assert abs(direct(x, np.array(start)) - likelihood) < 1e-6, name
    cases.append(
        {
            "name": name,
            "values": x.tolist(),
            "logLikelihood": {"one": float(one.score(x[:, None]) * len(x)), "two": likelihood},
            "bic": {"one": float(one.bic(x[:, None])), "two": float(two.bic(x[:, None]))},
            "two": [{"weight": float(w), "mean": float(m), "sd": float(s)} for w, m, s in zip(weights, means, sds)],
        }
    )

versions = {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__}
OUT.write_text(json.dumps({"versions": {**versions, "sklearn": sklearn.__version__}, "cases": cases}) + "\n")
