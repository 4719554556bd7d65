//! What each mistake does to the leads, and that undoing it makes them right again.

use super::suspect::{IDENTITY, Matrix};
use super::*;
use crate::ecg::Lead;

fn product(one: &Matrix, other: &Matrix) -> Matrix {
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            (0..8)
                .map(|inner| one[row][inner] * other[inner][column])
                .sum()
        })
    })
}

fn is_identity(matrix: &Matrix) -> bool {
    let pairs = matrix.iter().flatten().zip(IDENTITY.iter().flatten());
    pairs
        .into_iter()
        .all(|(own, identity)| (own - identity).abs() < 1e-9)
}

#[test]
fn every_exchange_undoes_itself_and_rotations_undo_each_other() {
    for arrangement in Arrangement::all() {
        let undone = arrangement.undone();
        let back = match arrangement {
            Arrangement::LimbsRotated => Arrangement::LimbsRotatedBack.undone(),
            Arrangement::LimbsRotatedBack => Arrangement::LimbsRotated.undone(),
            _ => undone,
        };
        assert!(is_identity(&product(&undone, &back)), "{arrangement:?}");
        assert!(!is_identity(&undone), "{arrangement:?}");
    }
}

/// The textbook: arms exchanged invert lead I and exchange II with III; right arm and left leg exchanged invert
/// lead II; left arm and left leg exchanged exchange I with II.
#[test]
fn limb_exchanges_are_those_of_the_textbook() {
    let limb = |arrangement: Arrangement| arrangement.undone().map(|row| [row[0], row[1]]);
    let [first, second, ..] = limb(Arrangement::Arms);
    assert_eq!((first, second), ([-1.0, 0.0], [-1.0, 1.0]), "−I, III");
    let [first, second, ..] = limb(Arrangement::RightArmLeftLeg);
    assert_eq!((first, second), ([1.0, -1.0], [0.0, -1.0]), "−III, −II");
    let [first, second, ..] = limb(Arrangement::LeftArmLeftLeg);
    assert_eq!((first, second), ([0.0, 1.0], [1.0, 0.0]), "II, I");
}

#[test]
fn leads_are_displaced_where_the_exchange_changes_them() {
    let displaced = |arrangement: Arrangement| -> Vec<Lead> {
        let all = Lead::STANDARD.into_iter();
        all.filter(|&lead| arrangement.displaces(lead)).collect()
    };
    assert_eq!(
        displaced(Arrangement::Arms),
        [Lead::I, Lead::II, Lead::III, Lead::AVR, Lead::AVL]
    );
    assert_eq!(
        displaced(Arrangement::Chest(Lead::V1, Lead::V3)),
        [Lead::V1, Lead::V3]
    );
    assert_eq!(displaced(Arrangement::Dextrocardia).len(), 12);
    assert_eq!(displaced(Arrangement::Inverted(Lead::V2)), [Lead::V2]);
}

#[test]
fn neighbours_exchanged_change_little() {
    assert!(Arrangement::Chest(Lead::V2, Lead::V3).changes_little());
    assert!(!Arrangement::Chest(Lead::V1, Lead::V3).changes_little());
    assert!(Arrangement::LeftArmLeftLeg.changes_little() && !Arrangement::Arms.changes_little());
}
