-- Changes come in bursts, so that the same shares of offers by rate make other chances (src/refresh/planner/rate-grid.ts). Where the shares
-- are still the first guess, so is what follows of it; all others are written anew once a day.
UPDATE sync.figure SET prior_changes = 0.11941716, prior_days = 1.0920698
WHERE shares = '{0.3,0.15,0.15,0.15,0.1,0.06,0.04,0.03,0.015,0.005}'::real[];
UPDATE sync.figure SET prior_changes = 0.02536891, prior_days = 1.5441512
WHERE shares = '{0.8,0.1,0.03,0.02,0.02,0.02,0.005,0.003,0.001,0.001}'::real[];
