//! ONNX files, written field by field (`onnx.proto`, operator set 17).

/// A number in base 128.
fn integer(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn number(field: u64, value: i64) -> Vec<u8> {
    [integer(field << 3), integer(value as u64)].concat()
}

fn within(field: u64, bytes: &[u8]) -> Vec<u8> {
    let length = integer(bytes.len() as u64);
    [integer(field << 3 | 2), length, bytes.to_vec()].concat()
}

fn text(field: u64, text: &str) -> Vec<u8> {
    within(field, text.as_bytes())
}

/// A setting of a node.
pub enum Setting {
    Integer(i64),
    Integers(Vec<i64>),
    Float(f32),
    Text(&'static str),
}

/// The parts of a file.
#[derive(Default)]
pub struct Writer {
    graph: Vec<u8>,
}

impl Writer {
    pub fn node(
        &mut self,
        operator: &str,
        inputs: &[String],
        output: &str,
        settings: &[(&str, Setting)],
    ) {
        let mut node = Vec::new();
        for input in inputs {
            node.extend(text(1, input));
        }
        node.extend(text(2, output));
        node.extend(text(4, operator));
        for (name, setting) in settings {
            let mut attribute = text(1, name);
            let kind = match setting {
                Setting::Float(value) => {
                    attribute.extend(integer(2 << 3 | 5));
                    attribute.extend(value.to_le_bytes());
                    1
                }
                Setting::Integer(value) => {
                    attribute.extend(number(3, *value));
                    2
                }
                Setting::Text(value) => {
                    attribute.extend(text(4, value));
                    3
                }
                Setting::Integers(list) => {
                    for value in list {
                        attribute.extend(number(8, *value));
                    }
                    7
                }
            };
            attribute.extend(number(20, kind));
            node.extend(within(5, &attribute));
        }
        self.graph.extend(within(1, &node));
    }

    pub fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.stored(name, shape, 1, &bytes);
    }

    pub fn integers(&mut self, name: &str, values: &[i64]) {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.stored(name, &[values.len()], 7, &bytes);
    }

    fn stored(&mut self, name: &str, shape: &[usize], kind: i64, bytes: &[u8]) {
        let mut tensor = Vec::new();
        for &size in shape {
            tensor.extend(number(1, size as i64));
        }
        tensor.extend(number(2, kind));
        tensor.extend(text(8, name));
        tensor.extend(within(9, bytes));
        self.graph.extend(within(5, &tensor));
    }

    pub fn input(&mut self, name: &str, shape: &[usize]) {
        self.port(11, name, shape);
    }

    pub fn output(&mut self, name: &str, shape: &[usize]) {
        self.port(12, name, shape);
    }

    fn port(&mut self, field: u64, name: &str, shape: &[usize]) {
        let mut axes = Vec::new();
        for &size in shape {
            axes.extend(within(1, &number(1, size as i64)));
        }
        let tensor = [number(1, 1), within(2, &axes)].concat();
        let kind = within(1, &tensor);
        let port = [text(1, name), within(2, &kind)].concat();
        self.graph.extend(within(field, &port));
    }

    pub fn file(self) -> Vec<u8> {
        let set = [text(1, ""), number(2, 17)].concat();
        [number(1, 8), within(7, &self.graph), within(8, &set)].concat()
    }
}
