//! Where the heart lies in the chest: its three axes in torso coordinates.

use super::subject::Subject;
use super::vector::{Vec3, add, cross, dot, perpendicular_to, scale, unit};

/// Unit vectors of the heart's own coordinates in the torso (x left, y posterior, z superior).
#[derive(Clone, Debug, PartialEq)]
pub struct HeartAxes {
    /// u: from the left to the right ventricle.
    pub to_right: Vec3,
    /// v: towards the anterior wall.
    pub to_anterior: Vec3,
    /// w: along the long axis from apex to base.
    pub to_base: Vec3,
}

impl HeartAxes {
    /// Axes from the long axis's angle below the horizontal in the frontal plane, its angle in
    /// front of that plane, and the rotation about it, all in degrees.
    pub fn from_angles(frontal_deg: f64, transverse_deg: f64, roll_deg: f64) -> Self {
        let to_apex = unit([
            1.0,
            -transverse_deg.to_radians().tan(),
            -frontal_deg.to_radians().tan(),
        ]);
        let to_base = scale(to_apex, -1.0);
        let right = unit(perpendicular_to([-0.70, -0.70, 0.0], to_base));
        let anterior = cross(to_base, right);
        let (sine, cosine) = roll_deg.to_radians().sin_cos();
        Self {
            to_right: add(scale(right, cosine), scale(anterior, sine)),
            to_anterior: add(scale(anterior, cosine), scale(right, -sine)),
            to_base,
        }
    }

    /// The axes of one subject.
    pub fn of(subject: &Subject) -> Self {
        Self::from_angles(
            subject.frontal_axis_deg,
            subject.transverse_axis_deg,
            subject.roll_deg,
        )
    }

    /// A direction in heart coordinates, as seen in the torso.
    pub fn to_torso(&self, [u, v, w]: Vec3) -> Vec3 {
        add(
            add(scale(self.to_right, u), scale(self.to_anterior, v)),
            scale(self.to_base, w),
        )
    }

    /// A direction in the torso, in heart coordinates.
    pub fn to_heart(&self, direction: Vec3) -> Vec3 {
        [self.to_right, self.to_anterior, self.to_base].map(|axis| dot(direction, axis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::vector::{length, sub};

    #[test]
    fn axes_are_orthonormal_and_point_where_they_say() {
        let axes = HeartAxes::from_angles(39.0, 52.0, 10.0);
        let there = [3.0, -2.0, 7.0];
        let back = axes.to_heart(axes.to_torso(there));
        assert!(length(sub(back, there)) < 1e-12);
        assert!(axes.to_base[0] < 0.0 && axes.to_base[1] > 0.0 && axes.to_base[2] > 0.0);
        assert!(axes.to_right[0] < 0.0 && axes.to_anterior[2] > 0.0);
    }
}
