use super::*;
use proptest::prelude::*;

/// Two leads with a beat at each of `beats`: its time in samples, and whether it is of another shape.
fn rows(beats: &[(f64, bool)]) -> Vec<Vec<f64>> {
    let length = beats.last().map_or(0.0, |beat| beat.0) as usize + 300;
    let wave = |at: f64, width: f64| (-(at / width).powi(2)).exp();
    let shape = |lead: usize, at: f64, other: bool| match (lead, other) {
        (0, false) => wave(at, 7.0) - 0.4 * wave(at - 12.0, 6.0),
        (_, false) => 0.5 * wave(at, 9.0) - 0.8 * wave(at + 11.0, 5.0),
        (0, true) => -1.4 * wave(at, 25.0),
        (_, true) => 1.1 * wave(at - 10.0, 30.0),
    };
    (0..2)
        .map(|lead| {
            (0..length)
                .map(|n| {
                    let of_beat = |&(at, other): &(f64, bool)| shape(lead, n as f64 - at, other);
                    beats.iter().map(of_beat).sum()
                })
                .collect()
        })
        .collect()
}

fn marks(beats: &[(f64, bool)]) -> Vec<usize> {
    beats.iter().map(|beat| beat.0.round() as usize).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn beats_align_to_a_fraction_of_a_sample(
        times in prop::collection::vec(350.0_f64..450.0, 4..12),
        off in prop::collection::vec(-15_isize..15, 12),
    ) {
        let mut at = 0.0;
        let beats: Vec<(f64, bool)> = times
            .iter()
            .map(|interval| {
                at += interval;
                (at, false)
            })
            .collect();
        let rows = rows(&beats);
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let marks: Vec<usize> = marks(&beats)
            .into_iter()
            .zip(off)
            .map(|(mark, off)| mark.saturating_add_signed(off))
            .collect();
        let class = main_class(&rows, &marks);
        prop_assert_eq!(class.members.len(), beats.len());
        let first = class.members[0].reference - beats[0].0;
        for member in &class.members {
            let off = member.reference - beats[member.beat].0 - first;
            prop_assert!(off.abs() < 0.15, "{} samples", off);
        }
    }
}

#[test]
fn kinds_are_told_apart_the_most_frequent_first() {
    let beats: Vec<(f64, bool)> = (0..12)
        .map(|n| (300.0 + 400.0 * f64::from(n), n % 5 == 3))
        .collect();
    let rows = rows(&beats);
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let classes = classes(&rows, &marks(&beats));
    let members: Vec<Vec<usize>> = classes
        .iter()
        .map(|class| class.members.iter().map(|member| member.beat).collect())
        .collect();
    assert_eq!(members, [vec![0, 1, 2, 4, 5, 6, 7, 9, 10, 11], vec![3, 8]]);
    assert_eq!(classes[0], main_class(&rows, &marks(&beats)));
}

#[test]
fn beats_cut_off_by_the_ends_are_in_no_class() {
    let beats: Vec<(f64, bool)> = (0..5)
        .map(|n| (20.0 + 400.0 * f64::from(n), false))
        .collect();
    let rows = rows(&beats);
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let class = main_class(&rows, &marks(&beats));
    assert_eq!(
        class
            .members
            .iter()
            .map(|member| member.beat)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert!(main_class(&[], &[3]).members.is_empty() && classes(&[], &[3]).is_empty());
    assert!(main_class(&rows, &[]).members.is_empty());
}

#[test]
fn early_beats_are_premature_and_those_of_a_faster_rhythm_are_not() {
    let one_early = [100, 500, 900, 1200, 1700, 2100];
    let expected = [false, false, false, true, false, false];
    assert_eq!(premature(&one_early), expected);
    let faster: Vec<usize> = (0..8)
        .map(|n| 100 + 400 * n)
        .chain((0..8).map(|n| 3250 + 350 * n))
        .collect();
    assert!(premature(&faster).iter().all(|early| !early));
    assert_eq!(premature(&[5]), [false]);
}
