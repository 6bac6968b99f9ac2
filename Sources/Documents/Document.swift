/// A document on its way to paper, without a form yet: what it says, in one language.
package struct Document: Hashable, Sendable {
  package struct Section: Hashable, Sendable {
    /// 1 to 4: a chapter, its parts and their parts.
    let level: Int
    let title: String
    /// For links: small letters, digits and hyphens, unique.
    let anchor: String
    var blocks: [Block]

    package init(level: Int, title: String, anchor: String, blocks: [Block] = []) {
      self.level = level
      self.title = title
      self.anchor = anchor
      self.blocks = blocks
    }
  }

  package enum Block: Hashable, Sendable {
    case paragraph(Text)
    case list([Text])
    /// A header, and rows of as many cells.
    case table(header: [String], rows: [[Text]])
  }

  /// A text that a person wrote, or words of ours.
  package struct Text: Hashable, Sendable {
    package let text: String
    /// Whether it is in the other language because nobody translated it.
    package var isForeign: Bool

    package init(_ text: String, isForeign: Bool = false) {
      self.text = text
      self.isForeign = isForeign
    }
  }

  let language: String
  let title: String
  let subtitle: Text?
  /// For whom it is, or which edition; nil: nothing is said.
  let audience: Text?
  let contentsTitle: String
  /// What is said where there is nothing else.
  let emptyNote: String
  /// What is put behind a text that is not in the document's language.
  let foreignMark: String
  let sections: [Section]
  /// Whether each chapter begins a page.
  let chaptersBeginPages: Bool

  package init(
    language: String, title: String, subtitle: Text?, audience: Text? = nil, contentsTitle: String, emptyNote: String = "", foreignMark: String,
    sections: [Section], chaptersBeginPages: Bool = true
  ) {
    self.language = language
    self.title = title
    self.subtitle = subtitle
    self.audience = audience
    self.contentsTitle = contentsTitle
    self.emptyNote = emptyNote
    self.foreignMark = foreignMark
    self.sections = sections
    self.chaptersBeginPages = chaptersBeginPages
  }

  /// What the contents list: the upper three levels.
  var contents: [Section] { sections.filter { $0.level <= 3 } }
}

extension Document.Block {
  /// A text of several lines: each is a paragraph, and lines that begin with a hyphen are a list.
  package static func lines(of text: Document.Text) -> [Document.Block] {
    var blocks: [Document.Block] = []
    var items: [Document.Text] = []
    for line in text.text.split(whereSeparator: \.isNewline).map({ $0.drop(while: \.isWhitespace) }) where !line.isEmpty {
      if line.hasPrefix("- ") {
        items.append(Document.Text(String(line.dropFirst(2).drop(while: \.isWhitespace)), isForeign: text.isForeign))
        continue
      }
      if !items.isEmpty { blocks.append(.list(items)) }
      items = []
      blocks.append(.paragraph(Document.Text(String(line), isForeign: text.isForeign)))
    }
    return items.isEmpty ? blocks : blocks + [.list(items)]
  }
}
