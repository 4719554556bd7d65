//! The area under the receiver operating characteristic, with its interval.

use super::interval::Estimate;

/// The standard normal deviate of a two-sided 95 % interval.
const NORMAL_95: f64 = 1.959_964;

/// The area under the ROC of `scores` for telling `cases` from the others, ties counting half, with the 95 % interval
/// of DeLong, DeLong and Clarke-Pearson (Biometrics 1988;44:837). `None` where there are no two of either kind.
pub fn auroc(scores: &[f64], cases: &[bool]) -> Option<Estimate> {
    let of = |kind: bool| -> Vec<f64> {
        let chosen = scores.iter().zip(cases).filter(|&(_, &case)| case == kind);
        chosen.map(|(&score, _)| score).collect()
    };
    let (positive, negative) = (of(true), of(false));
    if positive.len() < 2 || negative.len() < 2 {
        return None;
    }
    let above = placements(&positive, &negative);
    let below: Vec<f64> = placements(&negative, &positive)
        .into_iter()
        .map(|placement| 1.0 - placement)
        .collect();
    let area = above.iter().sum::<f64>() / above.len() as f64;
    let variance = sample_variance(&above, area) / above.len() as f64
        + sample_variance(&below, area) / below.len() as f64;
    let half = NORMAL_95 * variance.sqrt();
    Some(Estimate {
        value: area,
        low: (area - half).max(0.0),
        high: (area + half).min(1.0),
    })
}

/// For each of `scores` the part of `others` that lies below it, ties counting half.
fn placements(scores: &[f64], others: &[f64]) -> Vec<f64> {
    let mut others = others.to_vec();
    others.sort_by(f64::total_cmp);
    scores
        .iter()
        .map(|score| {
            let below = others.partition_point(|other| other < score);
            let not_above = others.partition_point(|other| other <= score);
            (below + not_above) as f64 / (2 * others.len()) as f64
        })
        .collect()
}

fn sample_variance(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_what_is_counted_by_hand() {
        // Pairs (case, other): 0.9 beats all 3; 0.5 beats 0.1, ties 0.5, loses to 0.7: (3 + 1.5) / 6 = 0.75.
        let scores = [0.9, 0.5, 0.1, 0.5, 0.7];
        let cases = [true, true, false, false, false];
        let found = auroc(&scores, &cases).unwrap();
        assert!((found.value - 0.75).abs() < 1e-12);
        // Placements of the cases 1 and 0.5: variance 0.125; of the others 1, 0.75 and 0.5: variance 0.0625.
        let half = 1.959_964 * (0.125_f64 / 2.0 + 0.0625 / 3.0).sqrt();
        assert!((found.low - (0.75 - half)).abs() < 1e-9);
        assert_eq!(found.high, 1.0);
    }

    #[test]
    fn is_one_zero_or_a_half_where_it_must_be() {
        let cases = [true, true, false, false];
        assert_eq!(auroc(&[4.0, 3.0, 2.0, 1.0], &cases).unwrap().value, 1.0);
        assert_eq!(auroc(&[1.0, 2.0, 3.0, 4.0], &cases).unwrap().value, 0.0);
        assert_eq!(auroc(&[7.0; 4], &cases).unwrap().value, 0.5);
        assert!(auroc(&[1.0, 2.0], &[true, false]).is_none());
    }
}
