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

extension CommentVisibility {
  /// Who finds a ticket or a request by what is said so.
  package var searchWeight: SearchText.Weight {
    switch self {
    case .everybody: .open
    case .staff: .among
    }
  }
}
