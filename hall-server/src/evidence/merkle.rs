//! A Merkle tree over a hall's events, as RFC 6962, section 2.1 builds it: it shows that one event belongs to a chain of
//! a million by some twenty digests, without the other events.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// The digest of a leaf or of two nodes below.
pub type Node = [u8; 32];

/// How many leaves make a tile: a full subtree whose root is stored.
pub const TILE: u64 = 1 << TILE_HEIGHT;
const TILE_HEIGHT: u32 = 10;

/// A leaf. Leaves and inner nodes begin with different bytes, so that neither can stand for the other.
pub fn leaf(data: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

fn parent(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree that grows at its right edge; of what is to the left only the full subtrees' roots are kept.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    tiles: Edge,
    part: Edge,
}

/// The roots of the full subtrees of a tree, the largest first: one for each binary digit 1 of its size.
#[derive(Debug, Clone, Default)]
struct Edge {
    size: u64,
    roots: Vec<Node>,
}

impl Edge {
    fn push(&mut self, mut node: Node) {
        let mut size = self.size;
        while size & 1 == 1
            && let Some(left) = self.roots.pop()
        {
            node = parent(&left, &node);
            size >>= 1;
        }
        self.roots.push(node);
        self.size += 1;
    }
}

impl Tree {
    /// A tree of full tiles, from their roots.
    pub fn of_tiles(tiles: impl IntoIterator<Item = Node>) -> Self {
        let mut tree = Tree::default();
        for tile in tiles {
            tree.tiles.push(tile);
        }
        tree
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.tiles.size * TILE + self.part.size
    }

    /// Adds a leaf; gives the root of the tile that it made full.
    pub fn push(&mut self, leaf: Node) -> Option<Node> {
        self.part.push(leaf);
        if self.part.size < TILE {
            return None;
        }
        let tile = self.part.roots.pop()?;
        self.part = Edge::default();
        self.tiles.push(tile);
        Some(tile)
    }

    /// The root; for a tree without leaves the digest of nothing.
    pub fn root(&self) -> Node {
        let mut roots = self.tiles.roots.iter().chain(&self.part.roots).rev();
        let Some(last) = roots.next() else { return Sha256::digest([]).into() };
        roots.fold(*last, |right, left| parent(left, &right))
    }
}

/// As much of a tree as inclusion paths need: all full tiles, and the leaves of some.
#[derive(Debug, Clone)]
pub struct Parts {
    pub size: u64,
    pub tiles: Vec<Node>,
    /// By tile. The last, which is not full, must be here; so must the tile of every leaf whose path is asked for.
    pub leaves: BTreeMap<u64, Vec<Node>>,
}

impl Parts {
    /// The digests beside the way from a leaf to the root, the lowest first; `None` where a part is missing.
    pub fn path(&self, index: u64) -> Option<Vec<Node>> {
        let (mut low, mut high) = (0, self.size);
        if index >= high {
            return None;
        }
        let mut path = Vec::new();
        while high - low > 1 {
            let middle = low + largest_power_below(high - low);
            if index < middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    pub fn root(&self) -> Option<Node> {
        if self.size == 0 { Some(Tree::default().root()) } else { self.range(0, self.size) }
    }

    /// The root over leaves `low..high`, which splits of the whole lead to.
    fn range(&self, low: u64, high: u64) -> Option<Node> {
        let (tile, place) = (low / TILE, low % TILE);
        if place == 0 && high - low == TILE {
            return self.tiles.get(usize::try_from(tile).ok()?).copied();
        }
        if high - low > TILE {
            let middle = low + largest_power_below(high - low);
            return Some(parent(&self.range(low, middle)?, &self.range(middle, high)?));
        }
        let leaves = self.leaves.get(&tile)?;
        let part = leaves.get(usize::try_from(place).ok()?..usize::try_from(place + high - low).ok()?)?;
        let mut tree = Tree::default();
        for leaf in part {
            tree.push(*leaf);
        }
        Some(tree.root())
    }
}

/// The largest power of two below a number of at least 2.
fn largest_power_below(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root that a leaf leads to by its path (RFC 9162, section 2.1.3.2); `None` where the path cannot be one.
pub fn root_by_path(leaf: Node, index: u64, size: u64, path: &[Node]) -> Option<Node> {
    if index >= size {
        return None;
    }
    let (mut place, mut last, mut node) = (index, size - 1, leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            node = parent(beside, &node);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = parent(&node, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(node)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The eight leaves and nine roots by which implementations of Certificate Transparency are compared.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_those_of_the_published_vectors() {
        let mut tree = Tree::default();
        assert_eq!(crate::hex(&tree.root()), ROOTS[0]);
        for (data, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            tree.push(leaf(&crate::unhex(data).unwrap()));
            assert_eq!(crate::hex(&tree.root()), *root);
        }
    }

    /// The definition of RFC 6962 word for word, without tiles or edges.
    fn by_definition(leaves: &[Node]) -> Node {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            many => {
                let middle = usize::try_from(largest_power_below(many.len() as u64)).unwrap();
                parent(&by_definition(&many[..middle]), &by_definition(&many[middle..]))
            }
        }
    }

    fn leaves(count: u64) -> Vec<Node> {
        (0..count).map(|n| leaf(&n.to_be_bytes())).collect()
    }

    fn parts(all: &[Node]) -> Parts {
        let mut tree = Tree::default();
        let tiles = all.iter().filter_map(|leaf| tree.push(*leaf)).collect();
        let leaves = (0..).zip(all.chunks(1024).map(<[Node]>::to_vec)).collect();
        Parts { size: all.len() as u64, tiles, leaves }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn a_tree_that_grew_has_the_root_of_the_definition(count in 0_u64..5000) {
            let all = leaves(count);
            let mut tree = Tree::default();
            let tiles: Vec<Node> = all.iter().filter_map(|leaf| tree.push(*leaf)).collect();
            prop_assert_eq!(tree.root(), by_definition(&all));
            prop_assert_eq!(tree.size(), count);
            prop_assert_eq!(parts(&all).root(), Some(tree.root()));
            // Taken up again from its tiles, as the next head does.
            let mut again = Tree::of_tiles(tiles);
            for leaf in &all[usize::try_from(again.size()).unwrap()..] {
                again.push(*leaf);
            }
            prop_assert_eq!(again.root(), tree.root());
        }

        #[test]
        fn a_path_leads_its_leaf_to_the_root_and_no_other(count in 1_u64..4000, place in 0_u64..4000, other in 0_u64..4000) {
            let all = leaves(count);
            let (index, other) = (place % count, other % count);
            let mut path = parts(&all).path(index).unwrap();
            let root = by_definition(&all);
            let of = |index: u64| all[usize::try_from(index).unwrap()];
            prop_assert_eq!(root_by_path(of(index), index, count, &path), Some(root));
            if other != index {
                prop_assert_ne!(root_by_path(of(other), index, count, &path), Some(root));
                prop_assert_ne!(root_by_path(of(index), other, count, &path), Some(root));
            }
            if let Some(node) = path.first_mut() {
                node[0] ^= 1;
                prop_assert_ne!(root_by_path(of(index), index, count, &path), Some(root));
                path.pop();
                prop_assert_eq!(root_by_path(of(index), index, count, &path), None);
            }
        }
    }
}
