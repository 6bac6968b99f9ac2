import Knowledge
import Operations

/// What is written in a ticket itself, by which it is found; what is said about it comes besides.
struct TicketText: Hashable, Sendable {
  let title: String
  let description: String
  let resolution: String?

  init(title: String, description: String, resolution: String?) {
    self.title = title
    self.description = description
    self.resolution = resolution
  }

  init(_ ticket: Ticket) { self.init(title: ticket.title, description: ticket.description, resolution: ticket.resolution) }

  var searchText: SearchText {
    var text = SearchText()
    text.add(title, as: .title)
    text.add(description, as: .body)
    if let resolution { text.add(resolution, as: .body) }
    return text
  }

  /// What stands on every further sheet: a word of the title finds together with what was said late.
  var titleText: SearchText {
    var text = SearchText()
    text.add(title, as: .title)
    return text
  }
}

/// The sheets on which the words of a ticket lie (`desk.ticket_text`), when all of them are written at once.
struct TicketSheets: Sendable {
  /// Bytes; what is said after them goes onto the next sheet.
  static let enough = 8000
  /// Four weeks: the time of which a search asks together.
  static let periodSeconds: Int64 = 28 * 86_400

  private(set) var sheets: [SearchText]
  private let title: SearchText

  init(_ text: TicketText) {
    sheets = [text.searchText]
    title = text.titleText
  }

  mutating func add(_ body: String, as visibility: CommentVisibility) {
    var last = sheets.popLast() ?? title
    if last.size >= Self.enough {
      sheets.append(last)
      last = title
    }
    last.add(body, as: visibility.searchWeight)
    sheets.append(last)
  }
}

extension CommentVisibility {
  /// Who finds a ticket by what is said so.
  var searchWeight: SearchText.Weight {
    switch self {
    case .everybody: .open
    case .staff: .among
    }
  }
}
