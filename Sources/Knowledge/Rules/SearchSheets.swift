/// The sheets on which the words of a ticket of any kind lie, when all of them are written at once: what is written in it stands on the first, and
/// each takes what was said until it is full.
package struct SearchSheets: Sendable {
  /// Bytes; what is said after them goes onto the next sheet.
  package static let enough = 8000
  /// Four weeks: the time of which a search asks together.
  package static let periodSeconds: Int64 = 28 * 86_400

  package private(set) var sheets: [SearchText]
  private let title: SearchText

  /// - Parameter title: what stands on every further sheet: a word of the title finds together with what was said late.
  package init(_ text: SearchText, title: SearchText) {
    sheets = [text]
    self.title = title
  }

  package mutating func add(_ body: String, as weight: SearchText.Weight) {
    var last = sheets.popLast() ?? title
    if last.size >= Self.enough {
      sheets.append(last)
      last = title
    }
    last.add(body, as: weight)
    sheets.append(last)
  }
}
