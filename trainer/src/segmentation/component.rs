//! The largest connected part of a label: a segmenter may see cavity in some corner too.

/// The pixels of `label` in a map of rows of `width` pixels that hang together by their sides, the most numerous such
/// group, as positions in the map; of equal groups the first. Empty where there is none.
pub fn largest_component(labels: &[u8], width: usize, label: u8) -> Vec<usize> {
    let mut left: Vec<bool> = labels.iter().map(|&found| found == label).collect();
    let mut largest = Vec::new();
    for start in 0..left.len() {
        if !left[start] {
            continue;
        }
        left[start] = false;
        let mut group = vec![start];
        let mut next = 0;
        while let Some(&pixel) = group.get(next) {
            next += 1;
            for neighbour in neighbours(pixel, width, left.len()) {
                if left[neighbour] {
                    left[neighbour] = false;
                    group.push(neighbour);
                }
            }
        }
        if group.len() > largest.len() {
            largest = group;
        }
    }
    largest
}

/// The pixels above, below, left and right.
fn neighbours(pixel: usize, width: usize, pixels: usize) -> impl Iterator<Item = usize> {
    let column = pixel % width;
    let sides = [
        (column > 0).then(|| pixel - 1),
        (column + 1 < width).then_some(pixel + 1),
        pixel.checked_sub(width),
        Some(pixel + width),
    ];
    sides
        .into_iter()
        .flatten()
        .filter(move |&neighbour| neighbour < pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_larger_of_two_groups_counts_and_corners_do_not_connect() {
        #[rustfmt::skip]
        let map = [
            1, 1, 0, 2,
            0, 0, 1, 2,
            1, 0, 1, 1,
        ];
        assert_eq!(largest_component(&map, 4, 1), [6, 10, 11]);
        assert_eq!(largest_component(&map, 4, 2), [3, 7]);
        assert!(largest_component(&map, 4, 3).is_empty());
        // The last pixel of a row and the first of the next are no neighbours.
        assert_eq!(largest_component(&[0, 1, 1, 0], 2, 1).len(), 1);
    }

    proptest! {
        #[test]
        fn all_of_it_is_of_the_label_and_nothing_that_touches_it_is_left(
            map in proptest::collection::vec(0u8..2, 1..80),
            width in 1usize..9,
        ) {
            let found = largest_component(&map, width, 1);
            prop_assert_eq!(found.is_empty(), !map.contains(&1));
            for &pixel in &found {
                prop_assert_eq!(map[pixel], 1);
                for neighbour in neighbours(pixel, width, map.len()) {
                    prop_assert!(map[neighbour] == 0 || found.contains(&neighbour));
                }
            }
        }
    }
}
