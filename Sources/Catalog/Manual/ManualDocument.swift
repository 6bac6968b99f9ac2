/// A document on its way to paper, without a form yet: what it says, in one language.
struct ManualDocument: Hashable, Sendable {
  struct Section: Hashable, Sendable {
    /// 1 a family, 2 a service, 3 an offering, 4 a part of one.
    let level: Int
    let title: String
    /// For links: small letters, digits and hyphens, unique.
    let anchor: String
    var blocks: [Block] = []
  }

  enum Block: Hashable, Sendable {
    case paragraph(Text)
    case list([Text])
    /// A header, and rows of as many cells.
    case table(header: [String], rows: [[Text]])
  }

  /// A text that a person wrote, or words of ours.
  struct Text: Hashable, Sendable {
    let text: String
    /// Whether it is in the other language because nobody translated it.
    var isForeign = false

    init(_ text: String, isForeign: Bool = false) {
      self.text = text
      self.isForeign = isForeign
    }
  }

  let language: String
  let title: String
  let subtitle: Text?
  /// For whom it is; nil: for all.
  var audience: Text?
  let contentsTitle: String
  /// What is said where there is nothing else.
  var emptyNote = ""
  /// What is put behind a text that is not in the document's language.
  let foreignMark: String
  var sections: [Section]

  /// What the contents list: families, services and offerings.
  var contents: [Section] { sections.filter { $0.level <= 3 } }
}
