//! What can be wrong with the arrangement of electrodes, and what it does to the leads.

use std::fmt;

use crate::ecg::Lead;

/// Eight independent leads as sums of eight: row by row, I, II, V1 to V6.
pub(super) type Matrix = [[f64; 8]; 8];

/// Every lead as it is.
pub(super) const IDENTITY: Matrix = {
    let mut matrix = [[0.0; 8]; 8];
    let mut lead = 0;
    while lead < 8 {
        matrix[lead][lead] = 1.0;
        lead += 1;
    }
    matrix
};

const LEFT_ARM_RIGHT_ARM: [usize; 3] = [1, 0, 2];
const RIGHT_ARM_LEFT_LEG: [usize; 3] = [2, 1, 0];
const LEFT_ARM_LEFT_LEG: [usize; 3] = [0, 2, 1];
const ROTATED: [usize; 3] = [1, 2, 0];
const ROTATED_BACK: [usize; 3] = [2, 0, 1];

/// I and II of an electric dipole in the heart, then V1 to V6: (left, down, back) for each lead, from
/// Dower, Machado & Osborne, Clin Cardiol 1980;3:87.
const DIPOLE: [[f64; 3]; 8] = [
    [0.632, -0.235, 0.059],
    [0.235, 1.066, -0.132],
    [-0.515, 0.157, -0.917],
    [0.044, 0.164, -1.387],
    [0.882, 0.098, -1.277],
    [1.213, 0.127, -0.601],
    [1.125, 0.127, -0.086],
    [0.831, 0.076, 0.230],
];

/// An arrangement of electrodes other than the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrangement {
    /// Right and left arm exchanged.
    Arms,
    /// Right arm and left leg exchanged.
    RightArmLeftLeg,
    /// Left arm and left leg exchanged.
    LeftArmLeftLeg,
    /// The three limb electrodes moved round: that of the right arm sits on the left arm, that of the left arm on
    /// the left leg, and that of the left leg on the right arm.
    LimbsRotated,
    /// The three limb electrodes moved round the other way.
    LimbsRotatedBack,
    /// Two chest electrodes exchanged.
    Chest(Lead, Lead),
    /// All six chest electrodes in reversed order.
    ChestReversed,
    /// One chest lead upside down.
    Inverted(Lead),
    /// Arms exchanged and all chest electrodes in reversed order: another look of a mirrored heart.
    ArmsAndChestReversed,
    /// The whole heart mirrored from left to right.
    Dextrocardia,
}

impl Arrangement {
    /// All of them.
    pub(super) fn all() -> Vec<Arrangement> {
        let chest = &Lead::STANDARD[6..];
        let mut all = vec![
            Arrangement::Arms,
            Arrangement::RightArmLeftLeg,
            Arrangement::LeftArmLeftLeg,
            Arrangement::LimbsRotated,
            Arrangement::LimbsRotatedBack,
        ];
        for (number, &one) in chest.iter().enumerate() {
            let others = chest.iter().skip(number + 1);
            all.extend(others.map(|&other| Arrangement::Chest(one, other)));
        }
        all.push(Arrangement::ChestReversed);
        all.extend(chest.iter().map(|&lead| Arrangement::Inverted(lead)));
        all.extend([Arrangement::ArmsAndChestReversed, Arrangement::Dextrocardia]);
        all
    }

    /// Whether the recording differs little from the right one: neighbouring chest electrodes exchanged,
    /// or left arm and left leg, which leaves lead aVR and the chest leads as they are.
    pub fn changes_little(self) -> bool {
        match self {
            Arrangement::LeftArmLeftLeg => true,
            Arrangement::Chest(one, other) => chest_number(one).abs_diff(chest_number(other)) == 1,
            _ => false,
        }
    }

    /// Whether this lead is another one than its name says.
    pub fn displaces(self, lead: Lead) -> bool {
        let limb = !Lead::STANDARD[6..].contains(&lead);
        match self {
            Arrangement::Arms => limb && lead != Lead::AVF,
            Arrangement::RightArmLeftLeg => limb && lead != Lead::AVL,
            Arrangement::LeftArmLeftLeg => limb && lead != Lead::AVR,
            Arrangement::LimbsRotated | Arrangement::LimbsRotatedBack => limb,
            Arrangement::Chest(one, other) => lead == one || lead == other,
            Arrangement::ChestReversed => !limb,
            Arrangement::Inverted(own) => lead == own,
            Arrangement::ArmsAndChestReversed => lead != Lead::AVF,
            Arrangement::Dextrocardia => true,
        }
    }

    /// What makes the right leads of those that this arrangement records.
    pub(super) fn undone(self) -> Matrix {
        match self {
            Arrangement::Arms => limbs(LEFT_ARM_RIGHT_ARM),
            Arrangement::RightArmLeftLeg => limbs(RIGHT_ARM_LEFT_LEG),
            Arrangement::LeftArmLeftLeg => limbs(LEFT_ARM_LEFT_LEG),
            Arrangement::LimbsRotated => limbs(ROTATED_BACK),
            Arrangement::LimbsRotatedBack => limbs(ROTATED),
            Arrangement::Chest(one, other) => {
                let mut matrix = IDENTITY;
                matrix.swap(1 + chest_number(one), 1 + chest_number(other));
                matrix
            }
            Arrangement::ChestReversed => {
                let mut matrix = IDENTITY;
                matrix[2..].reverse();
                matrix
            }
            Arrangement::Inverted(lead) => {
                let mut matrix = IDENTITY;
                let own = 1 + chest_number(lead);
                matrix[own][own] = -1.0;
                matrix
            }
            Arrangement::ArmsAndChestReversed => {
                let mut matrix = limbs(LEFT_ARM_RIGHT_ARM);
                matrix[2..].reverse();
                matrix
            }
            Arrangement::Dextrocardia => mirrored(),
        }
    }
}

/// 1 for V1 to 6 for V6.
fn chest_number(lead: Lead) -> usize {
    let before = Lead::STANDARD[6..].iter().take_while(|&&own| own != lead);
    before.count().min(5) + 1
}

/// Leads I and II of limb electrodes in another order. Entry n of `order` is the place, of right arm, left
/// arm and left leg, that electrode n sits on.
fn limbs(order: [usize; 3]) -> Matrix {
    // Potentials against the right arm: 0, I and II.
    let potentials = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
    let [right_arm, left_arm, left_leg] = order.map(|place| potentials[place]);
    let mut matrix = IDENTITY;
    for column in 0..2 {
        matrix[0][column] = left_arm[column] - right_arm[column];
        matrix[1][column] = left_leg[column] - right_arm[column];
    }
    matrix
}

/// The leads of the heart mirrored from left to right. What the dipole explains of the leads is mirrored, the
/// rest is kept; done twice it changes nothing.
fn mirrored() -> Matrix {
    let to_left = left_component();
    let mut matrix = IDENTITY;
    for (row, dipole) in matrix.iter_mut().zip(DIPOLE) {
        for (value, share) in row.iter_mut().zip(to_left) {
            *value -= 2.0 * dipole[0] * share;
        }
    }
    matrix
}

/// The weights of the eight leads that make the dipole's component to the left, by least squares: the
/// first row of (DᵀD)⁻¹Dᵀ.
fn left_component() -> [f64; 8] {
    let mut normal = [[0.0; 3]; 3];
    for lead in DIPOLE {
        for (row, one) in normal.iter_mut().zip(lead) {
            for (value, other) in row.iter_mut().zip(lead) {
                *value += one * other;
            }
        }
    }
    let [[a, b, c], [_, d, e], [_, _, f]] = normal;
    let cofactors = [d * f - e * e, c * e - b * f, b * e - c * d];
    let determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2];
    DIPOLE.map(|lead| {
        let sum: f64 = lead.iter().zip(cofactors).map(|(one, own)| one * own).sum();
        sum / determinant
    })
}

impl fmt::Display for Arrangement {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arrangement::Arms => write!(
                to,
                "the electrodes of the left and right arm look exchanged: check RA and LA"
            ),
            Arrangement::RightArmLeftLeg => write!(
                to,
                "the electrodes of the right arm and left leg look exchanged: check RA and LL"
            ),
            Arrangement::LeftArmLeftLeg => write!(
                to,
                "the electrodes of the left arm and left leg may be exchanged: check LA and LL"
            ),
            Arrangement::LimbsRotated | Arrangement::LimbsRotatedBack => write!(
                to,
                "the three limb electrodes look as if moved round: check RA, LA and LL"
            ),
            Arrangement::Chest(one, other) => write!(
                to,
                "the chest electrodes {one} and {other} look exchanged: check their order and places"
            ),
            Arrangement::ChestReversed => write!(
                to,
                "the chest electrodes look as if in reversed order: check that V1 is at the right edge of the breastbone and V6 under the left arm"
            ),
            Arrangement::Inverted(lead) => write!(
                to,
                "lead {lead} looks upside down: check the polarity of its cable"
            ),
            Arrangement::ArmsAndChestReversed | Arrangement::Dextrocardia => write!(
                to,
                "the heart looks mirrored, as in dextrocardia, which the model never saw: check RA and LA, and that the chest electrodes are on the left"
            ),
        }
    }
}
