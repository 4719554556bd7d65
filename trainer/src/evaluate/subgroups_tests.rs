//! Who belongs where, and figures of parts by hand and beside the exact ones.

use super::*;
use crate::information::auroc::auroc;
use crate::information::r_squared::r_squared;
use crate::information::table_of_subjects::TableOfSubjects;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

fn known(subjects: usize) -> Known {
    let columns = ["age", "sex", "bmi", "lvm_g", "conditions"].map(str::to_owned);
    let rows = (0..subjects)
        .map(|i| {
            vec![
                format!("{}", 40 + i % 40),
                format!("{}", i % 2),
                format!("{}", 20 + i % 12),
                format!("{}", 90 + i),
                if i % 4 == 0 { "LBBB" } else { "" }.to_owned(),
            ]
        })
        .collect();
    Known::of(&TableOfSubjects::new(&columns, rows))
}

#[test]
fn everybody_stands_in_one_part_of_each_division() {
    let members: Vec<usize> = (100..300).collect();
    let found = subgroups(&known(300), &members);
    let names: Vec<&str> = found.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names[..3], ["all", "women", "men"]);
    assert_eq!(names[names.len() - 2..], ["no condition", "LBBB"]);
    for by in ["all", "sex", "age", "body mass", "condition"] {
        let mut subjects: Vec<usize> = found
            .iter()
            .filter(|group| group.by == by)
            .flat_map(|group| group.subjects.clone())
            .collect();
        subjects.sort_unstable();
        assert_eq!(subjects, (0..200).collect::<Vec<_>>(), "{by}");
    }
    // Position 1 is subject 101: aged 61, a man.
    assert!(found[2].subjects.contains(&1));
    let sixties = found
        .iter()
        .find(|group| group.name == "60 to 69 years")
        .unwrap();
    assert!(sixties.subjects.contains(&1));
    // Of 25 subjects no part of a fourth is large enough.
    let few = subgroups(&known(300), &members[..25]);
    assert_eq!(few.len(), 1);
}

fn normals(count: usize, seed: u64) -> Vec<f64> {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    StandardNormal
        .sample_iter(&mut stream)
        .take(count)
        .collect()
}

#[test]
fn figures_of_all_are_the_plain_ones_with_their_intervals() {
    let members: Vec<usize> = (50..450).collect();
    let (truth, noise) = (normals(400, 1), normals(400, 2));
    let predicted: Vec<f64> = (0..400)
        .map(|i| ((truth[i] + noise[i]) * 4.0).round() / 8.0)
        .collect();
    let quantity = Answers {
        subjects: members.clone(),
        truth: truth.clone(),
        predicted: predicted.clone(),
    };
    let class = Answers {
        truth: truth
            .iter()
            .map(|&x| if x > 0.6 { 1.0 } else { -1.0 })
            .collect(),
        ..quantity.clone()
    };
    let ranks: Vec<usize> = (0..400).map(|i| i % 20).collect();
    let absolute: Vec<f64> = noise.iter().map(|x| x.abs()).collect();
    let figures = [
        SubsetFigure::told("R²", Kind::Quantity, &quantity, &members),
        SubsetFigure::told("AUROC", Kind::Class, &class, &members),
        SubsetFigure::recall("recall", &ranks, 5),
        SubsetFigure::mean("error", &absolute),
        SubsetFigure::ratio("ratio", &absolute, &absolute),
    ];
    let all = Subgroup {
        by: "all",
        name: "all".to_owned(),
        subjects: (0..400).collect(),
    };
    let found = SubgroupFigures::measure(&[all], &figures, 3);
    let estimates = &found.subgroups[0].estimates;
    let exact = r_squared(&truth, &predicted, 3).unwrap();
    assert!((estimates[0].value - exact.value).abs() < 1e-12);
    assert!(
        (estimates[0].low - exact.low).abs() < 0.02,
        "{exact:?} {estimates:?}"
    );
    // The bootstrap's interval of an AUROC with ties is DeLong's, about.
    let cases: Vec<bool> = class.truth.iter().map(|&x| x > 0.0).collect();
    let exact = auroc(&predicted, &cases).unwrap();
    assert!((estimates[1].value - exact.value).abs() < 1e-12);
    assert!(
        (estimates[1].low - exact.low).abs() < 0.01,
        "{exact:?} {estimates:?}"
    );
    assert!((estimates[1].high - exact.high).abs() < 0.01);
    assert_eq!(estimates[2].value, 0.25);
    // √(0.25 · 0.75 / 400) is 0.0217, and 1.96 of it to either side is the interval.
    assert!((estimates[2].low - 0.2076).abs() < 0.01 && (estimates[2].high - 0.2924).abs() < 0.01);
    assert_eq!((estimates[4].value, estimates[4].low), (1.0, 1.0));
    assert_eq!(found.markdown().lines().count(), 3);
}

#[test]
fn subjects_without_a_value_do_not_count() {
    let members = [7, 8, 9, 10];
    let answers = Answers {
        subjects: vec![7, 9, 10],
        truth: vec![1.0, 2.0, 6.0],
        predicted: vec![1.0, 3.0, 6.0],
    };
    let figure = SubsetFigure::told("R²", Kind::Quantity, &answers, &members);
    assert_eq!((figure.of)(&[0, 1, 2, 3]), 1.0 - 1.0 / 14.0);
    let values = [1.0, f64::NAN, 3.0, 8.0];
    assert_eq!((SubsetFigure::mean("mean", &values).of)(&[0, 1, 2, 3]), 4.0);
    assert!((SubsetFigure::mean("mean", &values).of)(&[1]).is_nan());
}
