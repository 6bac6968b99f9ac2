import Kernel
import Postgres

extension Transaction {
  /// Writes what a new one is found by.
  package func enqueueWords(of subject: SearchedSubject, _ text: ProcessText) {
    enqueue(FillProcessText(subject: subject, sheet: 0, search: text.searchText))
  }

  /// Writes it anew where it has changed; what was said about it stays.
  package func enqueueWords(of subject: SearchedSubject, _ text: ProcessText, before: ProcessText) {
    guard text != before else { return }
    enqueue(RewriteProcessText(subject: subject, text: text, isNewTitle: !text.hasTitles(of: before)))
  }

  /// Adds what somebody said. The act holds the subject, so the last sheet stays the last.
  package func enqueueWords(_ said: String, as weight: SearchText.Weight, about subject: SearchedSubject, _ text: ProcessText) {
    enqueue(AppendProcessText(subject: subject, text: text, body: said, weight: weight))
  }
}

extension Parameters {
  /// The lexemes by which a search tells the sheets of a tenant, of a time, and of a process from others; no text has them.
  fileprivate mutating func append(marks subject: SearchedSubject) {
    let period = subject.openedAt.seconds.flooredQuotient(by: SearchSheets.periodSeconds)
    append(["#\(subject.tenant)", "@\(period)", "=\(subject.process.rawValue)"])
  }

  /// $1 to $3: the key of its sheets without their number.
  fileprivate mutating func append(_ subject: SearchedSubject) {
    append(subject.tenant)
    append(subject.process.rawValue)
    append(subject.id)
  }
}

/// Writes a sheet, unless that was done.
package struct FillProcessText: Statement {
  let subject: SearchedSubject
  let sheet: Int
  let search: SearchText

  package init(subject: SearchedSubject, sheet: Int, search: SearchText) {
    self.subject = subject
    self.sheet = sheet
    self.search = search
  }

  package static let sql = """
    insert into knowledge.process_text (tenant_id, process, subject_id, sheet, opened_at, search, size)
    values ($1, $2, $3, $4, $5, array_to_tsvector($8) || knowledge.search_vector($6, $7), $9)
    on conflict (tenant_id, process, subject_id, sheet) do nothing
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(subject)
    parameters.append(sheet)
    parameters.append(subject.openedAt)
    parameters.append(search)
    parameters.append(marks: subject)
    parameters.append(search.size)
  }
}

/// What is written in it now; what was said about it stays. The title stands on every sheet, so a new one is written on each of them. What is
/// still to be written at all has no sheet yet: the sweep will find it as it is then.
struct RewriteProcessText: Statement {
  let subject: SearchedSubject
  let text: ProcessText
  let isNewTitle: Bool

  static let sql = """
    update knowledge.process_text
    set search = array_to_tsvector($8) || case when sheet = 0 then knowledge.search_vector($4, $5) else knowledge.search_vector($6, $7) end
      || ts_filter(search, '{c,d}')
    where tenant_id = $1 and process = $2 and subject_id = $3 and (sheet = 0 or $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(subject)
    parameters.append(text.searchText)
    parameters.append(text.titleText)
    parameters.append(marks: subject)
    parameters.append(isNewTitle)
  }
}

/// Adds what somebody said to the last sheet, or begins one where that is full.
struct AppendProcessText: Statement {
  let subject: SearchedSubject
  let text: ProcessText
  let body: String
  let weight: SearchText.Weight

  static let sql = """
    with last as (
      select t.sheet, t.size from knowledge.process_text t where t.tenant_id = $1 and t.process = $2 and t.subject_id = $3
      order by t.sheet desc limit 1),
    added as (
      update knowledge.process_text t set search = t.search || knowledge.search_vector($4, $5), size = t.size + $6
      from last where t.tenant_id = $1 and t.process = $2 and t.subject_id = $3 and t.sheet = last.sheet and last.size < $7)
    insert into knowledge.process_text (tenant_id, process, subject_id, sheet, opened_at, search, size)
    select $1, $2, $3, last.sheet + 1, $8, array_to_tsvector($11) || knowledge.search_vector($9, $10) || knowledge.search_vector($4, $5), $6
    from last where last.size >= $7
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    var said = SearchText()
    said.add(body, as: weight)
    parameters.append(subject)
    parameters.append(said)
    parameters.append(said.size)
    parameters.append(SearchSheets.enough)
    parameters.append(subject.openedAt)
    parameters.append(text.titleText)
    parameters.append(marks: subject)
  }
}

/// Holds some subjects of a process, as they are: nobody says or changes anything of them until their words are written.
package protocol HoldTextsStatement: Statement where Output == HeldProcessText {
  var tenant: TenantId { get }
  var subjects: [Int64] { get }
  init(tenant: TenantId, subjects: [Int64])
}

extension HoldTextsStatement {
  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subjects)
  }
}

/// What was said of a subject, in its order.
package protocol SaidStatement: Statement where Output == SaidOfProcess {
  var said: SaidAfter { get }
  init(_ said: SaidAfter)
}

extension SaidStatement {
  package func bind(to parameters: inout Parameters) {
    parameters.append(said.tenant)
    parameters.append(said.subject)
    parameters.append(said.after)
    parameters.append(said.limit)
  }
}

/// A piece of what was said of a subject.
package struct SaidAfter: Sendable {
  let tenant: TenantId
  let subject: Int64
  let after: Int64
  let limit: Int64

  package init(tenant: TenantId, subject: Int64, after: Int64, limit: Int64) {
    self.tenant = tenant
    self.subject = subject
    self.after = after
    self.limit = limit
  }
}
