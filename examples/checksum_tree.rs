// Checksums of every file in a tree and of the folders themselves, whose checksum is that of the lines
// of what is in them: two trees are equal when the last lines are. Knows nothing of GEDS.
//   checksum_tree FOLDER [TABLE]        into the file TABLE, else to standard output

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// CRC-32 as in gzip and PNG (reflected polynomial 0xedb88320).
struct Crc32 {
    table: [u32; 256],
}

impl Crc32 {
    fn new() -> Crc32 {
        let mut table = [0; 256];
        for (value, entry) in (0..).zip(table.iter_mut()) {
            *entry = (0..8).fold(value, |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)));
        }
        Crc32 { table }
    }

    /// Goes on from `crc`, which is 0 at the beginning.
    fn update(&self, crc: u32, bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!crc, |crc, &byte| {
            (crc >> 8) ^ self.table[((crc ^ u32::from(byte)) & 0xff) as usize]
        })
    }

    fn of_file(&self, path: &Path) -> io::Result<u32> {
        let mut file = File::open(path)?;
        let mut buffer = vec![0; 64 << 10];
        let mut crc = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(crc),
                count => crc = self.update(crc, &buffer[..count]),
            }
        }
    }

    /// Writes a line for all that is in the folder, and says what its own checksum is.
    fn of_folder(&self, root: &Path, folder: &Path, out: &mut dyn Write) -> io::Result<u32> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder)? {
            paths.push(entry?.path());
        }
        paths.sort();
        let mut own = 0;
        for path in paths {
            let is_folder = fs::metadata(&path)?.is_dir();
            let crc =
                if is_folder { self.of_folder(root, &path, out)? } else { self.of_file(&path)? };
            let name = path.strip_prefix(root).unwrap_or(&path).display();
            let line = format!("{crc:08x}  {name}{}\n", if is_folder { "/" } else { "" });
            out.write_all(line.as_bytes())?;
            own = self.update(own, line.as_bytes());
        }
        Ok(own)
    }
}

fn run(folder: &Path, table: Option<&String>) -> io::Result<()> {
    let mut out: Box<dyn Write> = match table {
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
        None => Box::new(io::stdout().lock()),
    };
    let crc = Crc32::new().of_folder(folder, folder, &mut out)?;
    writeln!(out, "{crc:08x}  ./")?;
    out.flush()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() < 2 || arguments.len() > 3 {
        eprintln!("usage: checksum_tree FOLDER [TABLE]");
        std::process::exit(2);
    }
    if let Err(error) = run(Path::new(&arguments[1]), arguments.get(2)) {
        eprintln!("checksum_tree: {error}");
        std::process::exit(1);
    }
}
