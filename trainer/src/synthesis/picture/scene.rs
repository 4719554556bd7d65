//! What stays the same in all frames of a slice: its surroundings, and for each pixel that the
//! heart can reach, where in the heart it is.

use super::atria::Atria;
use super::grid::Grid;
use super::pattern::Pattern;
use super::rings::{LeftRays, RightRays, row_of};
use super::soft::{cover, norm};
use super::surroundings::Surroundings;
use super::tile::{BLOTCHES, Corner, SLOW};
use crate::synthesis::heart::SimulatedHeart;
use crate::synthesis::random::Stream;
use crate::synthesis::render::View;

/// The mitral plane is tilted: it lies this much higher per mm towards the anterior wall, where
/// the aortic root is (about 12°). A short-axis slice near the base therefore shows the ventricle
/// at its anterior side only, and adding up slices does not jump as the base moves through them.
pub const BASE_TILT: f32 = 0.21;
/// Pixels this far outside the fat of the end-diastolic heart and of the atria in systole can
/// still change as the heart moves, mm.
const MARGIN_MM: f32 = 5.0;
/// Pixels farther than this from both ventricles' centres are not looked at more closely, mm.
const FARTHEST_MM: f32 = 120.0;
/// Lung beside the heart is seen through the pericardium, the pleura and the blur of the heart's
/// motion: its signal there relative to myocardium, the share of that, and how far it reaches, mm.
const HALO: f32 = 0.8;
const HALO_SHARE: f32 = 0.28;
const HALO_MM: f32 = MARGIN_MM;
/// What is darker than this relative to myocardium is lung.
const LUNG: f32 = 0.6;
/// By how much the outlines of atria and fat stray, mm.
const WOBBLE_MM: f32 = 1.3;

/// A pixel that the heart can reach.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Its place in the picture, row by row.
    pub pixel: u32,
    /// Rows of both rings in its direction.
    pub left_row: u16,
    /// See [`Spot::left_row`].
    pub right_row: u16,
    /// Distance from the LV's and from the RV's centre in the picture, mm.
    pub left_mm: f32,
    /// See [`Spot::left_mm`].
    pub right_mm: f32,
    /// Height above the equator, less the tilt of the mitral plane there, mm.
    pub height: f32,
    /// Thickness of epicardial fat here, mm.
    pub fat_mm: f32,
    /// Thickness of an effusion here, mm.
    pub effusion_mm: f32,
    /// Stray of outlines here, mm.
    pub wobble: f32,
    /// Patterns of slow flow here, SD 1.
    pub flow: [f32; 3],
}

/// A slice before anything moves.
pub struct Scene<'a> {
    /// The heart.
    pub heart: &'a SimulatedHeart,
    /// Its pixels.
    pub grid: Grid,
    /// What is particular about this heart.
    pub pattern: Pattern,
    /// Rays of the LV's rings.
    pub left: LeftRays,
    /// Rays of the RV's rings.
    pub right: RightRays,
    /// Signal of what does not move, row by row.
    pub background: Vec<f32>,
    /// Pixels that the heart can reach.
    pub spots: Vec<Spot>,
    /// Whether the plane holds the long axis.
    pub long_axis: bool,
    /// Half the height over which the mitral plane is blurred in a pixel, mm.
    pub base_edge: f32,
}

impl<'a> Scene<'a> {
    /// The scene of a view on this grid; `stream` is the slice's own.
    pub fn new(heart: &'a SimulatedHeart, view: View, grid: Grid, stream: &mut Stream) -> Self {
        let (ventricles, motion) = (&heart.ventricles, &heart.motion);
        let pattern = Pattern::of(&heart.subject, ventricles);
        let right_u = ventricles.right.centre_u as f32;
        // Centres of the rings: on the long axis and on the RV's, in the plane.
        let long_axis = view == View::FourChamber;
        let (left_centre, right_centre) = match view {
            View::ShortAxis { offset_mm } => {
                let on_axis = [0.0, 0.0, offset_mm as f32];
                // Along w until the plane is met.
                let (_, above) = grid.position([right_u, 0.0, offset_mm as f32]);
                let w = offset_mm as f32 - above / grid.normal[2];
                (on_axis, [right_u, 0.0, w])
            }
            View::FourChamber => {
                let w = -0.12 * ventricles.semi_axis as f32;
                let (at, _) = grid.position([right_u, 0.0, w]);
                ([0.0, 0.0, w], grid.in_heart(at))
            }
        };
        let left = LeftRays::new(&grid, left_centre, motion);
        let right = RightRays::new(&grid, right_centre, ventricles, &motion.irregularity);
        let surroundings = Surroundings::new(&heart.subject, ventricles, Corner::draw(stream));
        let background = (0..grid.side * grid.side)
            .map(|pixel| {
                let cell = [pixel / grid.side, pixel % grid.side];
                surroundings.signal(grid.in_torso(grid.pixel(pixel)), cell)
            })
            .collect();
        let slant = 0.5 * grid.thickness_mm * grid.normal[2].abs();
        let mut scene = Self {
            heart,
            pattern,
            left,
            right,
            background,
            spots: Vec::new(),
            long_axis,
            base_edge: slant.hypot(0.5 * grid.pixel_mm),
            grid,
        };
        let corners = [Corner::draw(stream), Corner::draw(stream)];
        scene.spots = scene.reached(left_centre, right_centre, corners);
        scene.add_halo();
        scene
    }

    /// Brightens lung beside the heart at end-diastole.
    fn add_halo(&mut self) {
        let motion = &self.heart.motion;
        let diastole = &motion.phases[0];
        let left = self.left.ring(motion, diastole, &self.pattern);
        let right = self.right.ring(diastole, &self.pattern);
        let muscle = self.heart.subject.imaging.scanner.myocardium as f32;
        for spot in &self.spots {
            let outside = (spot.left_mm - left[usize::from(spot.left_row)].outer)
                .min(spot.right_mm - right[usize::from(spot.right_row)].outer);
            let value = &mut self.background[spot.pixel as usize];
            if value.abs() < LUNG * muscle {
                let share = HALO_SHARE * (1.0 - outside.max(0.0) / HALO_MM).max(0.0);
                cover(value, share, HALO * muscle);
            }
        }
    }

    /// The atria in a phase.
    pub fn atria(&self, frame: usize) -> Atria {
        Atria::new(
            &self.heart.subject,
            &self.heart.ventricles,
            &self.heart.motion.phases[frame],
            self.pattern.veins_mm,
            0.5 * self.grid.pixel_mm,
        )
    }

    /// The pixels that the heart can reach; `corners` are where outlines and flow patterns start.
    fn reached(
        &self,
        left_centre: [f32; 3],
        right_centre: [f32; 3],
        [outlines, flow]: [Corner; 2],
    ) -> Vec<Spot> {
        let (grid, motion) = (&self.grid, &self.heart.motion);
        let subject = &self.heart.subject;
        let diastole = &motion.phases[0];
        let left_ring = self.left.ring(motion, diastole, &self.pattern);
        let right_ring = self.right.ring(diastole, &self.pattern);
        let (left_at, _) = grid.position(left_centre);
        let (right_at, _) = grid.position(right_centre);
        let lowest_base = motion.phases[motion.end_systole].base as f32 - self.base_edge;
        let atria = [0, motion.end_systole].map(|frame| self.atria(frame));
        let fat = (1.5 + 0.42 * (subject.bmi - 21.0)).clamp(1.0, 8.0) as f32;
        let effusion = subject.effusion_mm as f32;
        let apex = -self.heart.ventricles.outer_semi_axis() as f32;
        let mut spots = Vec::new();
        for pixel in 0..grid.side * grid.side {
            let at = grid.pixel(pixel);
            let from = |centre: [f32; 2]| [at[0] - centre[0], at[1] - centre[1]];
            let ([lx, ly], [rx, ry]) = (from(left_at), from(right_at));
            let (left_mm, right_mm) = (norm(lx, ly), norm(rx, ry));
            if left_mm.min(right_mm) > FARTHEST_MM {
                continue;
            }
            let [u, v, w] = grid.in_heart(at);
            let height = w - BASE_TILT * v;
            let (row, column) = (pixel / grid.side, pixel % grid.side);
            let slow = SLOW.at(outlines, row, column);
            let blotch = BLOTCHES.at(outlines, row, column);
            // More fat below and over the right ventricle, little at the apex.
            let side = (0.75 + 0.006 * u - 0.004 * v).clamp(0.3, 1.3);
            let apical = (0.35 + 0.012 * (w - apex)).clamp(0.2, 1.0);
            let fat_mm = fat * side * apical * (0.75 + 0.9 * slow) - 0.4;
            let effusion_mm = effusion * (0.75 - 0.008 * v).clamp(0.3, 1.2) * (1.0 + 0.15 * slow);
            let groove = atria
                .iter()
                .map(|a| a.groove_fat(height))
                .fold(0.0, f32::max);
            let reach = fat_mm.max(0.0) + effusion_mm + groove + MARGIN_MM;
            let (left_row, right_row) = (row_of(lx, ly), row_of(rx, ry));
            let near = left_mm < left_ring[usize::from(left_row)].outer + reach
                || right_mm < right_ring[usize::from(right_row)].outer + reach;
            let wobble = WOBBLE_MM * (slow + 0.35 * blotch);
            let upper = || {
                let in_reach = |a: &Atria| a.reaches(&[u, v, w], wobble, MARGIN_MM);
                height > lowest_base && atria.iter().any(in_reach)
            };
            if !near && !upper() {
                continue;
            }
            spots.push(Spot {
                pixel: pixel as u32,
                left_row,
                right_row,
                left_mm,
                right_mm,
                height,
                fat_mm,
                effusion_mm,
                wobble,
                flow: [0, 85, 170].map(|down| SLOW.at(flow, row + down, column)),
            });
        }
        spots
    }
}
