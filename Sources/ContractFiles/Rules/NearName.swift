/// The name that somebody meant who wrote another one.
enum NearName {
  /// Nil where none is near: a letter or two are other, missing or too many, or nothing but the case differs.
  static func nearest(to name: String, among names: [String]) -> String? {
    let written = Array(name.lowercased().prefix(40))
    let near = names.map { ($0, distance(written, Array($0.lowercased()))) }.min { $0.1 < $1.1 }
    guard let near, near.1 <= (written.count < 5 ? 1 : 2) else { return nil }
    return near.0
  }

  /// How many letters must be put in, taken out or replaced.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var next = [index + 1]
      for (place, other) in right.enumerated() {
        next.append(min(row[place] + (letter == other ? 0 : 1), row[place + 1] + 1, next[place] + 1))
      }
      row = next
    }
    return row.last ?? 0
  }
}
