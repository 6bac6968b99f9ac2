import Kernel
import Postgres

/// Whose words lie in `knowledge.process_text`. Those of incidents are the desk's own.
package enum SearchedProcess: String, Sendable, CaseIterable {
  case request, problem, change, release
  case majorIncident = "major_incident"
}

/// One of them, by which something is found.
package struct SearchedSubject: Hashable, Sendable {
  let tenant: TenantId
  let process: SearchedProcess
  let id: Int64
  let openedAt: Instant

  /// - Parameter tenant: whose row it is: of all but a request the provider.
  package init(_ process: SearchedProcess, _ id: Int64, of tenant: TenantId, openedAt: Instant) {
    self.process = process
    self.id = id
    self.tenant = tenant
    self.openedAt = openedAt
  }
}

/// What is written in one of them, by which it is found; what is said about it comes besides.
package struct ProcessText: Hashable, Sendable {
  let titles: [String]
  let bodies: [String]

  package init(titles: [String], bodies: [String?]) {
    self.titles = titles
    self.bodies = bodies.compactMap { $0 }
  }

  package var searchText: SearchText {
    var text = titleText
    for body in bodies { text.add(body, as: .body) }
    return text
  }

  /// What stands on every further sheet.
  package var titleText: SearchText {
    var text = SearchText()
    for title in titles { text.add(title, as: .title) }
    return text
  }

  func hasTitles(of other: ProcessText) -> Bool { titles == other.titles }
}

/// One whose words are to be written, held by the transaction.
package struct HeldProcessText: Sendable {
  package let id: Int64
  package let openedAt: Instant
  package let text: ProcessText

  package init(id: Int64, openedAt: Instant, text: ProcessText) {
    self.id = id
    self.openedAt = openedAt
    self.text = text
  }

  /// Its id, when it was opened, its title, and so many texts besides.
  package init(_ row: inout RowReader, bodies count: Int) throws {
    id = try row.next()
    openedAt = try row.next()
    let title: String = try row.next()
    var bodies: [String?] = []
    for _ in 0..<count { bodies.append(try row.next()) }
    text = ProcessText(titles: [title], bodies: bodies)
  }
}

/// Something that was said about one.
package struct SaidOfProcess: Sendable {
  package let id: Int64
  package let body: String
  package let weight: SearchText.Weight

  package init(id: Int64, body: String, weight: SearchText.Weight) {
    self.id = id
    self.body = body
    self.weight = weight
  }

  /// What the staff said among themselves: its id and what it says.
  package init(amongStaff row: inout RowReader) throws {
    id = try row.next()
    body = try row.next()
    weight = .among
  }
}
