//! Where everything is on a sheet.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::super::PictureShape;

/// Least width of an image in pixels; the band of words needs it. A single picture is magnified to it.
const LEAST_WIDTH: usize = 512;

/// Width in pixels that several pictures fill as far as a whole factor allows, to fit a screen.
const WIDTH_OF_SEVERAL: usize = 1536;

/// Most phases that are shown of a view; of more, as of a cine, as many at equal steps.
const MOST_PHASES: usize = 8;

/// Black pixels between two pictures.
const GAP: usize = 8;

/// Rows of a line above a picture.
pub(super) const CAPTION_HEIGHT: usize = 22;

/// Rows of the scale below the maps of uncertainty.
pub(super) const LEGEND_HEIGHT: usize = 42;

/// What a panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The picture.
    Picture,
    /// How uncertain its pixels are.
    Uncertainty,
}

/// One rectangle of a sheet with what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panel {
    /// What it shows.
    pub content: Content,
    /// Of which view, from 0.
    pub view: usize,
    /// In which phase, from 0.
    pub phase: usize,
    /// Where it is, in pixels from the upper left corner.
    pub area: Rectangle,
    /// The first row of the line above it, if there is one.
    pub(super) caption_row: Option<usize>,
}

/// Where everything is on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    width: usize,
    height: usize,
    factor: usize,
    panels: Vec<Panel>,
    legend_row: Option<usize>,
}

impl Layout {
    /// The sheet of pictures of this shape, with or without their uncertainty.
    pub fn new(shape: PictureShape, with_uncertainty: bool) -> Self {
        let phases = shown_phases(shape.phases);
        let contents = if with_uncertainty {
            &[Content::Picture, Content::Uncertainty][..]
        } else {
            &[Content::Picture]
        };
        let columns = phases.len() * contents.len();
        let factor = factor(shape.width, columns);
        let (width, height) = (shape.width * factor, shape.height * factor);
        let caption = match columns * shape.views {
            1 => 0,
            _ => CAPTION_HEIGHT,
        };
        let row_height = caption + height;
        let mut panels = Vec::new();
        for view in 0..shape.views {
            let caption_row = view * (row_height + GAP);
            let cells = phases
                .iter()
                .flat_map(|&phase| contents.iter().map(move |&content| (phase, content)));
            for (column, (phase, content)) in cells.enumerate() {
                let corner = (column * (width + GAP), caption_row + caption);
                panels.push(Panel {
                    content,
                    view,
                    phase,
                    area: rectangle(corner, (width, height)),
                    caption_row: (caption > 0).then_some(caption_row),
                });
            }
        }
        let pictures_height = (shape.views * (row_height + GAP)).saturating_sub(GAP);
        Self {
            width: (columns * (width + GAP))
                .saturating_sub(GAP)
                .max(LEAST_WIDTH),
            height: pictures_height + if with_uncertainty { LEGEND_HEIGHT } else { 0 },
            factor,
            panels,
            legend_row: with_uncertainty.then_some(pictures_height),
        }
    }

    /// Columns of the image.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of the image, without the band of [`super::super::mark`].
    pub fn height(&self) -> usize {
        self.height
    }

    /// The whole factor by which pictures are magnified.
    pub fn factor(&self) -> usize {
        self.factor
    }

    /// All pictures and maps.
    pub fn panels(&self) -> &[Panel] {
        &self.panels
    }

    /// The pictures alone.
    pub fn pictures(&self) -> impl Iterator<Item = &Panel> {
        let panels = self.panels.iter();
        panels.filter(|panel| panel.content == Content::Picture)
    }

    /// The first row of the maps' scale, if there are maps.
    pub(super) fn legend_row(&self) -> Option<usize> {
        self.legend_row
    }
}

/// All phases, or [`MOST_PHASES`] of them at equal steps from the first.
fn shown_phases(phases: usize) -> Vec<usize> {
    let shown = phases.min(MOST_PHASES);
    (0..shown).map(|index| index * phases / shown).collect()
}

/// How much pictures of `width` columns are magnified, so that as many side by side as there are columns fit
/// a screen, if a whole factor allows, and fill the band's width.
fn factor(width: usize, columns: usize) -> usize {
    let width = width.max(1);
    let all = width.saturating_mul(columns.max(1));
    let least = LEAST_WIDTH.div_ceil(all);
    let largest = LEAST_WIDTH.div_ceil(width);
    (WIDTH_OF_SEVERAL / all).clamp(least, largest.max(least))
}

fn rectangle((column, row): (usize, usize), (width, height): (usize, usize)) -> Rectangle {
    let signed = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let unsigned = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Rectangle::new(
        Point::new(signed(column), signed(row)),
        Size::new(unsigned(width), unsigned(height)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn panels_lie_inside_and_apart(
            views in 1usize..4, phases in 1usize..60, height in 1usize..200, width in 1usize..700,
            with_uncertainty: bool,
        ) {
            let shape = PictureShape { views, phases, height, width };
            let layout = Layout::new(shape, with_uncertainty);
            prop_assert!(layout.width() >= LEAST_WIDTH);
            let all = rectangle((0, 0), (layout.width(), layout.height()));
            for (place, panel) in layout.panels().iter().enumerate() {
                prop_assert_eq!(all.intersection(&panel.area), panel.area);
                prop_assert_eq!(panel.area.size.width as usize, width * layout.factor());
                for other in &layout.panels()[..place] {
                    prop_assert!(other.area.intersection(&panel.area).is_zero_sized());
                }
            }
            prop_assert_eq!(layout.pictures().count(), views * phases.min(MOST_PHASES));
        }
    }

    #[test]
    fn pictures_are_as_large_as_a_screen_allows() {
        let four = PictureShape {
            views: 2,
            phases: 2,
            ..PictureShape::single(128, 128)
        };
        let sized = |shape, uncertainty| {
            let layout = Layout::new(shape, uncertainty);
            (layout.factor(), layout.width(), layout.height())
        };
        assert_eq!(sized(PictureShape::single(128, 128), false), (4, 512, 512));
        assert_eq!(sized(PictureShape::single(128, 128), true), (4, 1032, 576));
        assert_eq!(sized(four, true), (3, 1560, 862));
        assert_eq!(sized(PictureShape::single(32, 600), false), (1, 600, 32));
    }

    #[test]
    fn of_many_phases_some_are_shown_from_the_first() {
        assert_eq!(shown_phases(3), [0, 1, 2]);
        assert_eq!(shown_phases(50), [0, 6, 12, 18, 25, 31, 37, 43]);
    }
}
