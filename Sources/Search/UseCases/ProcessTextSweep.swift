import Changes
import Jobs
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import Tenancy

/// Writes what requests, problems, changes, releases and major incidents are found by that came in bulk: problems of an import, and all that was
/// there before there was a search. In small pieces: acts on them wait for one of them only.
package struct ProcessTextSweep: LongSweep {
  package static let kind = "search.process_text"
  package static let everySeconds: Int64 = 5

  private static let look: Int64 = 1000
  private static let piece = 100
  private static let comments: Int64 = 200

  /// Whose rows are written together.
  private struct Owner: Hashable {
    let tenant: TenantId
    let process: SearchedProcess
  }

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    while true {
      let look = ProcessTextsPending(after: turn.place?.first ?? .min, limit: Self.look)
      let pending = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      if pending.isEmpty { break }
      var rest = pending[...]
      while let last = rest.prefix(Self.piece).last {
        var subjects: [Owner: [Int64]] = [:]
        for found in rest.prefix(Self.piece) {
          if let process = found.process { subjects[Owner(tenant: found.tenant, process: process), default: []].append(found.subject) }
        }
        for (owner, own) in subjects {
          try await Self.write(own, of: owner, at: now, tenancy, &turn.undone)
          FaultPoint.sweepStep.reach()
        }
        rest = rest.dropFirst(Self.piece)
        // Behind it: what was done is still there for the database, until it is vacuumed away.
        turn.place = [last.id]
        if turn.isOver { return }
      }
    }
    turn.place = nil
  }

  /// Together; where that fails, each by itself, so that one stops no other. What the database refuses is not tried again; anything else (a lock,
  /// a time that was over) the next run finds again.
  private static func write(_ subjects: [Int64], of owner: Owner, at now: Instant, _ tenancy: Tenancy, _ undone: inout LeftUndone) async throws {
    try Task.checkCancellation()
    do {
      try await tenancy.transaction(binding: [owner.tenant], side: .staff) { try await write(subjects, of: owner, in: $0) }
    } catch let error as PostgresError where error.isOfDatabase {
      // No other fares better.
      throw error
    } catch  where !Task.isCancelled {
      guard subjects.count == 1 else {
        for subject in subjects { try await write([subject], of: owner, at: now, tenancy, &undone) }
        return
      }
      guard let refusal = error as? PostgresError, refusal.isRefusal else {
        for subject in subjects { undone.add("words of \(owner.process.rawValue) \(subject) of tenant \(owner.tenant)", error) }
        return
      }
      try await tenancy.transaction(binding: [owner.tenant], side: .staff) { transaction in
        for subject in subjects {
          transaction.enqueue(RefuseProcessText(tenant: owner.tenant, process: owner.process, subject: subject, now: now))
        }
      }
    }
  }

  private static func write(_ subjects: [Int64], of owner: Owner, in transaction: Transaction) async throws {
    let held = try await hold(subjects, of: owner, in: transaction)
    // Once they are held: what was written while this waited is there.
    let written = Set(try await transaction.query(SubjectsWithText(tenant: owner.tenant, process: owner.process, subjects: subjects)))
    for subject in held where !written.contains(subject.id) {
      var sheets = SearchSheets(subject.text.searchText, title: subject.text.titleText)
      var said: [SaidOfProcess] = []
      repeat {
        said = try await self.said(of: subject.id, owner, after: said.last?.id ?? 0, in: transaction)
        for comment in said { sheets.add(comment.body, as: comment.weight) }
      } while said.count == Int(comments)
      let searched = SearchedSubject(owner.process, subject.id, of: owner.tenant, openedAt: subject.openedAt)
      for (sheet, search) in sheets.sheets.enumerated() {
        transaction.enqueue(FillProcessText(subject: searched, sheet: sheet, search: search))
      }
    }
    transaction.enqueue(DropPendingTexts(tenant: owner.tenant, process: owner.process, subjects: subjects))
  }

  private static func hold(_ subjects: [Int64], of owner: Owner, in transaction: Transaction) async throws -> [HeldProcessText] {
    switch owner.process {
    case .request: try await transaction.query(HoldRequestTexts(tenant: owner.tenant, subjects: subjects))
    case .problem: try await transaction.query(HoldProblemTexts(tenant: owner.tenant, subjects: subjects))
    case .change: try await transaction.query(HoldChangeTexts(tenant: owner.tenant, subjects: subjects))
    case .release: try await transaction.query(HoldReleaseTexts(tenant: owner.tenant, subjects: subjects))
    case .majorIncident: try await transaction.query(HoldMajorTexts(tenant: owner.tenant, subjects: subjects))
    }
  }

  private static func said(of subject: Int64, _ owner: Owner, after: Int64, in transaction: Transaction) async throws -> [SaidOfProcess] {
    let piece = SaidAfter(tenant: owner.tenant, subject: subject, after: after, limit: comments)
    return switch owner.process {
    case .request: try await transaction.query(SaidOfRequest(piece))
    case .problem: try await transaction.query(SaidOfProblem(piece))
    case .change: try await transaction.query(SaidOfChange(piece))
    case .release: try await transaction.query(SaidOfRelease(piece))
    case .majorIncident: try await transaction.query(SaidOfMajor(piece))
    }
  }
}

extension PostgresError {
  /// The server took the statement and refuses what is in it: data, a constraint, or one of its limits (classes 22, 23 and 54).
  fileprivate var isRefusal: Bool { ["22", "23", "54"].contains(sqlState?.prefix(2)) }
}
