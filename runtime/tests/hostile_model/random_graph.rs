//! Graphs put together at random out of the operators that are known. Shapes are reckoned here by their own rules,
//! so that a graph whose shapes the check of the structure sees otherwise does not pass it.

use crate::mutation::Random;
use crate::writer::Setting::{Float, Integer, Integers, Text};
use crate::writer::{Setting, Writer};

/// A graph as a file, with the ends that it has.
pub struct RandomGraph {
    pub file: Vec<u8>,
    pub inputs: Vec<(String, Vec<usize>)>,
    pub outputs: Vec<(String, Vec<usize>)>,
}

/// Functions of each value that need no setting.
const OF_ONE: [&str; 13] = [
    "Abs",
    "Erf",
    "Exp",
    "Identity",
    "Log",
    "Neg",
    "Reciprocal",
    "Relu",
    "Sigmoid",
    "Softplus",
    "Sqrt",
    "Tanh",
    "LeakyRelu",
];
/// Functions of two values.
const OF_TWO: [&str; 7] = ["Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"];
/// Reductions whose axes are a setting.
const REDUCTIONS: [&str; 4] = ["ReduceMax", "ReduceMean", "ReduceMin", "ReduceSumSquare"];

/// The graph of this draw: one to sixteen nodes, one or two outputs.
pub fn graph(random: &mut Random) -> RandomGraph {
    let mut shape = vec![1 + random.below(2), 1 + random.below(6)];
    for _ in 0..random.below(3) {
        shape.push(1 + random.below(12));
    }
    let mut writer = Writer::default();
    writer.input("x", &shape);
    let inputs = vec![("x".to_owned(), shape)];
    let mut draw = Draw {
        random,
        writer,
        values: inputs.clone(),
        weights: 0,
    };
    for _ in 0..=draw.random.below(16) {
        draw.node();
    }
    let made = &draw.values[1..];
    let mut outputs = vec![made[made.len() - 1].clone()];
    if made.len() > 1 && draw.random.below(2) == 0 {
        outputs.push(made[0].clone());
    }
    for (name, shape) in &outputs {
        draw.writer.output(name, shape);
    }
    RandomGraph {
        file: draw.writer.file(),
        inputs,
        outputs,
    }
}

/// A graph while it is put together.
struct Draw<'a> {
    random: &'a mut Random,
    writer: Writer,
    /// The input and what nodes made, in order.
    values: Vec<(String, Vec<usize>)>,
    weights: usize,
}

impl Draw<'_> {
    /// One more node, mostly on what the last one made.
    fn node(&mut self) {
        let last = self.values.len() - 1;
        let place = match self.random.below(4) {
            0 => self.random.below(last + 1),
            _ => last,
        };
        let (x, shape) = self.values[place].clone();
        let axes = shape.len();
        match self.random.below(20) {
            0 => self.of_two(&x, &shape),
            1 if axes > 2 => self.convolution(&x, &shape),
            2 if axes > 2 => self.transposed(&x, &shape),
            3 if axes > 2 => self.pool(&x, &shape),
            4 if axes > 2 => self.enlarged(&x, &shape),
            5 if axes == 2 => self.gemm(&x, &shape),
            6 if axes > 1 => self.matmul(&x, &shape),
            7 => self.reshape(&x, &shape),
            8 => self.transpose(&x, &shape),
            9 if axes > 0 => self.concat(&x, &shape),
            10 if axes > 0 => self.slice(&x, &shape),
            11 => self.pad(&x, &shape),
            12 => self.expand(&x, &shape),
            13 if axes > 0 => self.reduction(&x, &shape),
            14 if axes > 0 => self.softmax(&x, &shape),
            15 => self.clip(&x, &shape),
            16 if axes > 1 => self.batch_normalisation(&x, &shape),
            17 if axes > 2 => {
                let mut made = shape.clone();
                made[2..].fill(1);
                self.add("GlobalAveragePool", &[x], made, &[]);
            }
            18 => {
                let axis = self.random.below(axes + 1);
                let (rows, columns) = shape.split_at(axis);
                let made = vec![rows.iter().product(), columns.iter().product()];
                self.add("Flatten", &[x], made, &[("axis", Integer(axis as i64))]);
            }
            _ => {
                let operator = *self.random.one_of(&OF_ONE);
                self.add(operator, &[x], shape, &[]);
            }
        }
    }

    fn add(
        &mut self,
        operator: &str,
        inputs: &[String],
        shape: Vec<usize>,
        settings: &[(&str, Setting)],
    ) {
        let name = format!("v{}", self.values.len());
        self.writer.node(operator, inputs, &name, settings);
        self.values.push((name, shape));
    }

    /// Stored floats of this shape.
    fn floats(&mut self, shape: &[usize]) -> String {
        self.weights += 1;
        let name = format!("w{}", self.weights);
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|_| self.random.below(64) as f32 / 32.0 - 1.0)
            .collect();
        self.writer.floats(&name, shape, &values);
        name
    }

    fn integers(&mut self, values: &[i64]) -> String {
        self.weights += 1;
        let name = format!("w{}", self.weights);
        self.writer.integers(&name, values);
        name
    }

    fn number(&mut self, value: f32) -> String {
        self.weights += 1;
        let name = format!("w{}", self.weights);
        self.writer.floats(&name, &[], &[value]);
        name
    }

    /// One axis of a shape.
    fn axis(&mut self, shape: &[usize]) -> usize {
        self.random.below(shape.len())
    }

    fn of_two(&mut self, x: &str, shape: &[usize]) {
        // Any axes of the other may be 1, and the first may be missing.
        let from = self.random.below(shape.len() + 1);
        let other: Vec<usize> = shape[from..]
            .iter()
            .map(|&size| if self.random.below(3) == 0 { 1 } else { size })
            .collect();
        let other = self.floats(&other);
        let operator = *self.random.one_of(&OF_TWO);
        let mut inputs = [x.to_owned(), other];
        if self.random.below(2) == 0 {
            inputs.reverse();
        }
        self.add(operator, &inputs, shape.to_vec(), &[]);
    }

    /// Kernel, strides, paddings and dilations of a window that fits into `spatial`.
    fn window(&mut self, spatial: &[usize]) -> [Vec<usize>; 4] {
        let mut window = [const { Vec::new() }; 4];
        let mut pads = [Vec::new(), Vec::new()];
        for &size in spatial {
            let kernel = 1 + self.random.below(size.min(5));
            let dilation = match self.random.below(3) {
                0 if kernel > 1 => 1 + self.random.below((size - 1) / (kernel - 1)),
                _ => 1,
            };
            let extent = dilation * (kernel - 1) + 1;
            pads[0].push(self.random.below(extent));
            pads[1].push(self.random.below(extent));
            window[0].push(kernel);
            window[1].push(1 + self.random.below(3));
            window[3].push(dilation);
        }
        window[2] = pads.concat();
        window
    }

    fn convolution(&mut self, x: &str, shape: &[usize]) {
        let spatial = &shape[2..];
        let [kernel, strides, pads, dilations] = self.window(spatial);
        let groups = if self.random.below(4) == 0 {
            shape[1]
        } else {
            1
        };
        let outputs = groups * (1 + self.random.below(4));
        let weights = [&[outputs, shape[1] / groups], &kernel[..]].concat();
        let mut inputs = vec![x.to_owned(), self.floats(&weights)];
        if self.random.below(2) == 0 {
            inputs.push(self.floats(&[outputs]));
        }
        let mut made = vec![shape[0], outputs];
        for (axis, size) in spatial.iter().enumerate() {
            let extent = dilations[axis] * (kernel[axis] - 1) + 1;
            let padded = size + pads[axis] + pads[axis + spatial.len()];
            made.push((padded - extent) / strides[axis] + 1);
        }
        let mut settings = listed(&[
            ("kernel_shape", &kernel),
            ("strides", &strides),
            ("pads", &pads),
            ("dilations", &dilations),
        ]);
        settings.push(("group", Integer(groups as i64)));
        self.add("Conv", &inputs, made, &settings);
    }

    fn transposed(&mut self, x: &str, shape: &[usize]) {
        let spatial = &shape[2..];
        let [kernel, strides, _, _] = self.window(spatial);
        let outputs = 1 + self.random.below(4);
        let weights = [&[shape[1], outputs], &kernel[..]].concat();
        let inputs = [x.to_owned(), self.floats(&weights)];
        let extra: Vec<usize> = strides
            .iter()
            .map(|&stride| self.random.below(stride))
            .collect();
        let mut made = vec![shape[0], outputs];
        for (axis, size) in spatial.iter().enumerate() {
            made.push((size - 1) * strides[axis] + kernel[axis] + extra[axis]);
        }
        let settings = listed(&[
            ("kernel_shape", &kernel),
            ("strides", &strides),
            ("output_padding", &extra),
        ]);
        self.add("ConvTranspose", &inputs, made, &settings);
    }

    fn pool(&mut self, x: &str, shape: &[usize]) {
        let spatial = &shape[2..];
        let [_, strides, _, _] = self.window(spatial);
        let kernel: Vec<usize> = spatial
            .iter()
            .map(|&size| 1 + self.random.below(size))
            .collect();
        let half: Vec<usize> = kernel.iter().map(|&size| self.random.below(size)).collect();
        let pads = [half.clone(), half].concat();
        let mut made = shape[..2].to_vec();
        for (axis, size) in spatial.iter().enumerate() {
            made.push((size + 2 * pads[axis] - kernel[axis]) / strides[axis] + 1);
        }
        let mut settings = listed(&[
            ("kernel_shape", &kernel),
            ("strides", &strides),
            ("pads", &pads),
        ]);
        let operator = *self.random.one_of(&["AveragePool", "MaxPool"]);
        if operator == "AveragePool" {
            settings.push(("count_include_pad", Integer(self.random.below(2) as i64)));
        }
        self.add(operator, &[x.to_owned()], made, &settings);
    }

    fn enlarged(&mut self, x: &str, shape: &[usize]) {
        let mut factors = vec![1.0; shape.len()];
        let mut made = shape.to_vec();
        for axis in 2..shape.len() {
            let factor = 1 + self.random.below(3);
            factors[axis] = factor as f32;
            made[axis] *= factor;
        }
        self.weights += 1;
        let name = format!("w{}", self.weights);
        self.writer.floats(&name, &[shape.len()], &factors);
        let settings = [
            ("mode", Text("nearest")),
            ("coordinate_transformation_mode", Text("asymmetric")),
            ("nearest_mode", Text("floor")),
        ];
        self.add(
            "Resize",
            &[x.to_owned(), String::new(), name],
            made,
            &settings,
        );
    }

    fn gemm(&mut self, x: &str, shape: &[usize]) {
        let columns = 1 + self.random.below(6);
        let turned = self.random.below(2);
        let weights = match turned {
            0 => [shape[1], columns],
            _ => [columns, shape[1]],
        };
        let inputs = [x.to_owned(), self.floats(&weights), self.floats(&[columns])];
        let settings = [("transB", Integer(turned as i64)), ("alpha", Float(0.5))];
        self.add("Gemm", &inputs, vec![shape[0], columns], &settings);
    }

    fn matmul(&mut self, x: &str, shape: &[usize]) {
        let (outer, inner) = shape.split_at(shape.len() - 1);
        let columns = 1 + self.random.below(6);
        let weights = self.floats(&[inner[0], columns]);
        let made = [outer, &[columns]].concat();
        self.add("MatMul", &[x.to_owned(), weights], made, &[]);
    }

    fn reshape(&mut self, x: &str, shape: &[usize]) {
        let count: usize = shape.iter().product();
        let divisors: Vec<usize> = (1..=count)
            .filter(|size| count.is_multiple_of(*size))
            .collect();
        let size = *self.random.one_of(&divisors);
        let made = vec![1, size, count / size];
        let mut named: Vec<i64> = made.iter().map(|&size| size as i64).collect();
        if self.random.below(2) == 0 {
            named[2] = -1;
        }
        let named = self.integers(&named);
        self.add("Reshape", &[x.to_owned(), named], made, &[]);
    }

    fn transpose(&mut self, x: &str, shape: &[usize]) {
        let mut order: Vec<usize> = (0..shape.len()).collect();
        for place in (1..order.len()).rev() {
            order.swap(place, self.random.below(place + 1));
        }
        if order.is_empty() {
            return self.add("Identity", &[x.to_owned()], Vec::new(), &[]);
        }
        let made = order.iter().map(|&axis| shape[axis]).collect();
        self.add(
            "Transpose",
            &[x.to_owned()],
            made,
            &listed(&[("perm", &order)]),
        );
    }

    fn concat(&mut self, x: &str, shape: &[usize]) {
        let axis = self.axis(shape);
        let mut other = shape.to_vec();
        other[axis] = 1 + self.random.below(3);
        let weights = self.floats(&other);
        other[axis] += shape[axis];
        self.add(
            "Concat",
            &[x.to_owned(), weights],
            other,
            &[("axis", Integer(axis as i64))],
        );
    }

    fn slice(&mut self, x: &str, shape: &[usize]) {
        let axis = self.axis(shape);
        let start = self.random.below(shape[axis]);
        let end = start + 1 + self.random.below(shape[axis] - start);
        let mut made = shape.to_vec();
        made[axis] = end - start;
        let mut inputs = vec![x.to_owned()];
        for value in [start as i64, end as i64, axis as i64, 1] {
            inputs.push(self.integers(&[value]));
        }
        self.add("Slice", &inputs, made, &[]);
    }

    fn pad(&mut self, x: &str, shape: &[usize]) {
        if shape.is_empty() {
            return self.add("Identity", &[x.to_owned()], Vec::new(), &[]);
        }
        let widths: Vec<i64> = (0..2 * shape.len())
            .map(|_| self.random.below(3) as i64)
            .collect();
        let sizes = shape.iter().enumerate();
        let made = sizes
            .map(|(axis, size)| size + (widths[axis] + widths[axis + shape.len()]) as usize)
            .collect();
        let inputs = [x.to_owned(), self.integers(&widths), self.number(0.5)];
        self.add("Pad", &inputs, made, &[]);
    }

    fn expand(&mut self, x: &str, shape: &[usize]) {
        let mut made: Vec<usize> = shape.to_vec();
        for size in made.iter_mut().filter(|size| **size == 1) {
            *size = 1 + self.random.below(4);
        }
        if made.is_empty() {
            made.push(2);
        }
        let named: Vec<i64> = made.iter().map(|&size| size as i64).collect();
        let named = self.integers(&named);
        self.add("Expand", &[x.to_owned(), named], made, &[]);
    }

    fn reduction(&mut self, x: &str, shape: &[usize]) {
        let axis = self.axis(shape);
        let keep = self.random.below(2);
        let mut made = shape.to_vec();
        match keep {
            0 => drop(made.remove(axis)),
            _ => made[axis] = 1,
        }
        let keep = ("keepdims", Integer(keep as i64));
        if self.random.below(2) == 0 {
            let axes = self.integers(&[axis as i64]);
            return self.add("ReduceSum", &[x.to_owned(), axes], made, &[keep]);
        }
        let operator = *self.random.one_of(&REDUCTIONS);
        let axes = ("axes", Integers(vec![axis as i64]));
        self.add(operator, &[x.to_owned()], made, &[axes, keep]);
    }

    fn softmax(&mut self, x: &str, shape: &[usize]) {
        let axis = self.axis(shape) as i64;
        let operator = *self.random.one_of(&["LogSoftmax", "Softmax"]);
        self.add(
            operator,
            &[x.to_owned()],
            shape.to_vec(),
            &[("axis", Integer(axis))],
        );
    }

    fn clip(&mut self, x: &str, shape: &[usize]) {
        let inputs = [x.to_owned(), self.number(-1.0), self.number(1.0)];
        self.add("Clip", &inputs, shape.to_vec(), &[]);
    }

    fn batch_normalisation(&mut self, x: &str, shape: &[usize]) {
        let mut inputs = vec![x.to_owned()];
        for _ in 0..4 {
            inputs.push(self.floats(&[shape[1]]));
        }
        self.add(
            "BatchNormalization",
            &inputs,
            shape.to_vec(),
            &[("epsilon", Float(1.5))],
        );
    }
}

fn listed(all: &[(&'static str, &[usize])]) -> Vec<(&'static str, Setting)> {
    let integers = |list: &[usize]| Integers(list.iter().map(|&size| size as i64).collect());
    all.iter()
        .map(|(name, list)| (*name, integers(list)))
        .collect()
}
