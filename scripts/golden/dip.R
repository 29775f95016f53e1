# Golden values for test/stats/dip.test.ts from the R package diptest, used as a program: none of its code is here.
#
# Run:  Rscript scripts/golden/dip.R        (writes fixtures/golden/dip.json)
#       Debian packages: r-base-core r-cran-diptest

suppressMessages(library(diptest))
set.seed(20240229)
B <- 50000

vectors <- list(
  "one value" = 3, "two values" = c(1, 2), "two equal values" = c(1, 1), "three values" = c(1, 2, 4),
  "four values, tie at the end" = c(0, 3, 5, 5), "constant" = rep(2.5, 12),
  "sorted sequence" = 1:20, "reversed sequence" = 20:1, "powers of two" = 2^(0:15),
  "two clumps" = c(0, 0.1, 0.2, 9.8, 9.9, 10), "two atoms" = rep(c(0, 1), each = 10),
  "three atoms" = rep(c(0, 1, 5), c(8, 3, 9)),
  "ties at both ends" = c(1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5),
  "dice" = sample(1:6, 60, TRUE), "rounded normal" = round(rnorm(80), 1), "negative and zero" = c(-3, -1, 0, 0, 2, -7),
  "uniform 10" = runif(10), "uniform 41" = runif(41), "uniform 200" = runif(200), "uniform 1000" = runif(1000),
  "normal 40" = rnorm(40), "normal 500" = rnorm(500), "exponential 100" = rexp(100), "cauchy 100" = rcauchy(100),
  "bimodal 40" = c(rnorm(20), rnorm(20, 6)), "bimodal 100" = c(rnorm(50), rnorm(50, 4)),
  "bimodal, 1 in 10" = c(rnorm(90), rnorm(10, 8)), "weakly bimodal 200" = c(rnorm(100), rnorm(100, 2.5)),
  "three modes" = c(rnorm(40), rnorm(40, 6), rnorm(40, 12)), "log of gaps" = log(c(rgamma(60, 3, 0.2), rgamma(20, 4, 3))),
  "tiny spread" = 1e6 + runif(30) * 1e-6, "huge" = rnorm(30) * 1e300
)

number <- function(x) sprintf("%.17g", x)
rows <- vapply(names(vectors), function(name) {
  x <- vectors[[name]]
  p <- if (length(x) > 3) number(dip.test(x, simulate.p.value = TRUE, B = B)$p.value) else "null"
  sprintf('    {"name": "%s", "values": [%s], "dip": %s, "p": %s}', name,
          paste(number(x), collapse = ", "), number(dip(x)), p)
}, "")
cat(sprintf('{\n  "versions": {"R": "%s", "diptest": "%s"},\n  "replicates": %d,\n  "cases": [\n%s\n  ]\n}\n',
            getRversion(), packageVersion("diptest"), B, paste(rows, collapse = ",\n")),
    file = "fixtures/golden/dip.json")
