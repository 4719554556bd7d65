//! Slices through the chest: where they lie and how their pixels map to the patient.

use super::anatomy::HeartAxes;
use super::heart::SimulatedHeart;
use super::render::View;
use super::vector::{Vec3, add, cross, dot, perpendicular_to, scale, sub, unit};

/// The four-chamber picture is centred this far towards the base, mm, so that it holds the atria.
const ATRIA_TO_BASE_MM: f64 = 15.0;

/// A slice plane in torso coordinates.
#[derive(Clone, Debug)]
pub struct Plane {
    /// Centre of the picture, torso mm.
    pub centre: Vec3,
    /// Direction of the picture's columns, left to right.
    pub right: Vec3,
    /// Direction of its rows, top to bottom.
    pub down: Vec3,
    /// Normal; stacks run along it from apex to base.
    pub normal: Vec3,
}

impl Plane {
    /// The plane of this view as it was planned for this heart.
    pub fn of(heart: &SimulatedHeart, view: View) -> Self {
        let imaging = &heart.subject.imaging;
        let axes = &heart.axes;
        match view {
            View::ShortAxis { offset_mm } => {
                let [about_v, about_u] = imaging.plan_tilt_deg.map(f64::to_radians);
                let tilt = add(
                    scale(axes.to_right, about_v),
                    scale(axes.to_anterior, about_u),
                );
                let normal = unit(add(axes.to_base, tilt));
                let right = unit(perpendicular_to([0.70, 0.70, 0.0], normal));
                let across = cross(normal, right);
                // The patient's head is up.
                let down = if across[2] > 0.0 {
                    scale(across, -1.0)
                } else {
                    across
                };
                let through = add(imaging.heart_centre_mm, scale(axes.to_base, offset_mm));
                Self {
                    centre: nearest_in_plane(imaging.field_centre_mm, through, normal),
                    right,
                    down,
                    normal,
                }
            }
            View::FourChamber => {
                let normal = cross(towards_acute_margin(axes), axes.to_base);
                // As the scanner lays it: the patient's left on the right, the back below.
                let right = unit(perpendicular_to([1.0, 0.0, 0.0], normal));
                let across = cross(normal, right);
                let down = if across[1] < 0.0 {
                    scale(across, -1.0)
                } else {
                    across
                };
                Self {
                    centre: nearest_in_plane(
                        add(
                            imaging.field_centre_mm,
                            scale(axes.to_base, ATRIA_TO_BASE_MM),
                        ),
                        imaging.heart_centre_mm,
                        normal,
                    ),
                    right,
                    down,
                    normal,
                }
            }
        }
    }

    /// The point of the torso at a picture position in mm from the centre.
    pub fn point(&self, right_mm: f64, down_mm: f64) -> Vec3 {
        let across = add(self.centre, scale(self.right, right_mm));
        add(across, scale(self.down, down_mm))
    }

    /// Affine from voxel (column, row, slice) to patient mm, right–anterior–superior as in NIfTI.
    pub fn affine(&self, pixels: usize, pixel_mm: f64, thickness_mm: f64) -> [[f64; 4]; 4] {
        let half = 0.5 * (pixels as f64 - 1.0) * pixel_mm;
        let corner = self.point(-half, -half);
        let columns = [
            scale(self.right, pixel_mm),
            scale(self.down, pixel_mm),
            scale(self.normal, thickness_mm),
            corner,
        ];
        let mut affine = [[0.0; 4]; 4];
        // The torso's x points left and y backwards, NIfTI's right and forwards.
        for (row, sign) in [-1.0, -1.0, 1.0].into_iter().enumerate() {
            affine[row] = columns.map(|column| sign * column[row]);
        }
        affine[3] = [0.0, 0.0, 0.0, 1.0];
        affine
    }
}

fn nearest_in_plane(point: Vec3, through: Vec3, normal: Vec3) -> Vec3 {
    add(point, scale(normal, dot(sub(through, point), normal)))
}

/// The four-chamber plane passes a little below the middle of the right ventricle.
fn towards_acute_margin(axes: &HeartAxes) -> Vec3 {
    let (sine, cosine) = (-8f64).to_radians().sin_cos();
    add(scale(axes.to_right, cosine), scale(axes.to_anterior, sine))
}
