//! Curves of how fast the leads change, and where such a curve rises and falls.

/// The root of the sum over leads of squares, sample by sample.
pub(super) fn joined(rows: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value * value;
        }
    }
    sums.iter_mut().for_each(|sum| *sum = sum.sqrt());
    sums
}

/// Without signs.
pub(super) fn sizes(row: &[f64]) -> Vec<f64> {
    row.iter().map(|value| value.abs()).collect()
}

/// The place of the largest value in a part of `curve`; none where that part is empty.
pub(super) fn highest(curve: &[f64], part: std::ops::Range<usize>) -> Option<usize> {
    let part = part.start..part.end.min(curve.len());
    part.max_by(|&one, &other| curve[one].total_cmp(&curve[other]))
}

/// Which way along a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Toward {
    Start,
    End,
}

impl Toward {
    fn next(self, at: usize, last: usize) -> Option<usize> {
        match self {
            Toward::Start => at.checked_sub(1),
            Toward::End => (at < last).then_some(at + 1),
        }
    }
}

/// Where `curve`, followed from sample `from`, falls below `level` and stays there for `hold` samples;
/// between two samples by the straight line between them. None where it never does.
pub(super) fn falls_below(
    curve: &[f64],
    from: usize,
    toward: Toward,
    level: f64,
    hold: usize,
) -> Option<f64> {
    let last = curve.len().checked_sub(1)?;
    let (mut above, mut first, mut low) = (from, from, 0);
    let mut at = from;
    loop {
        if curve[at] < level {
            if low == 0 {
                first = at;
            }
            low += 1;
            if low >= hold {
                return Some(between(curve, above, first, level));
            }
        } else {
            above = at;
            low = 0;
        }
        at = toward.next(at, last)?;
    }
}

/// Where `curve`, followed from sample `from`, falls below `level`, or the lowest place within `most` samples
/// where it does not fall so far: noise has a level of its own.
pub(super) fn falls_within(
    curve: &[f64],
    from: usize,
    toward: Toward,
    level: f64,
    most: usize,
) -> f64 {
    let part = match toward {
        Toward::Start => from.saturating_sub(most)..from + 1,
        Toward::End => from..from + most + 1,
    };
    falls_below(curve, from, toward, level, 1)
        .filter(|place| (place - from as f64).abs() <= most as f64)
        .or_else(|| {
            let part = part.start..part.end.min(curve.len());
            let lowest = part.min_by(|&one, &other| curve[one].total_cmp(&curve[other]));
            lowest.map(|place| place as f64)
        })
        .unwrap_or(from as f64)
}

/// Where the line from sample `above` to its neighbour `below` crosses `level`.
fn between(curve: &[f64], above: usize, below: usize, level: f64) -> f64 {
    let fall = curve[above] - curve[below];
    let share = if fall > 0.0 {
        ((curve[above] - level) / fall).clamp(0.0, 1.0)
    } else {
        0.0
    };
    above as f64 + share * (below as f64 - above as f64)
}

/// The outermost place, in `part` of `curve`, of a hump whose top is `share` of the highest in that
/// part or more; with that highest value.
pub(super) fn outermost(
    curve: &[f64],
    part: std::ops::Range<usize>,
    toward: Toward,
    share: f64,
) -> Option<(usize, f64)> {
    let top = curve[highest(curve, part.clone())?];
    let mut part = part.start..part.end.min(curve.len());
    let place = match toward {
        Toward::Start => part.find(|&n| curve[n] >= share * top),
        Toward::End => part.rev().find(|&n| curve[n] >= share * top),
    };
    place.map(|place| (place, top))
}

/// A boundary found in one lead, drawn toward the one of all leads: what a lead says for itself is
/// noisy, and readers see boundaries nearly alike in all leads.
pub(super) fn toward_global(global: f64, own: Option<f64>, share: f64, most: f64) -> f64 {
    let own = own.unwrap_or(global);
    global + share * (own - global).clamp(-most, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_left_where_it_should_be() {
        let curve = [0.0, 0.0, 1.0, 2.0, 3.0, 2.0, 1.0, 0.0, 0.0];
        assert_eq!(falls_below(&curve, 4, Toward::End, 1.5, 1), Some(5.5));
        assert_eq!(falls_below(&curve, 4, Toward::Start, 0.25, 2), Some(1.25));
        assert_eq!(falls_below(&curve, 4, Toward::End, 0.5, 3), None);
        assert_eq!(falls_within(&curve, 4, Toward::End, 1.5, 3), 5.5);
        assert_eq!(falls_within(&curve, 4, Toward::End, 0.5, 2), 6.0);
        assert_eq!(falls_within(&curve, 4, Toward::Start, -1.0, 9), 0.0);
        assert_eq!(falls_below(&[], 0, Toward::End, 0.5, 3), None);
        assert_eq!(highest(&curve, 0..9), Some(4));
        assert_eq!(outermost(&curve, 0..9, Toward::Start, 0.5), Some((3, 3.0)));
        assert_eq!(outermost(&curve, 0..9, Toward::End, 0.3), Some((6, 3.0)));
        assert_eq!(outermost(&curve, 3..3, Toward::End, 0.3), None);
    }

    #[test]
    fn a_dip_is_passed_over() {
        let curve = [4.0, 0.0, 4.0, 0.0, 0.0, 0.0];
        assert_eq!(falls_below(&curve, 0, Toward::End, 1.0, 2), Some(2.75));
    }
}
