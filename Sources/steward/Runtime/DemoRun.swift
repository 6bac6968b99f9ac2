import Demo
import Foundation
import Kernel
import Operations
import TLS
import Tenancy

/// The demonstration from the command line: filled once, with a progress bar.
enum DemoRun {
  /// The scorecard of the first customer for the last complete month.
  static func showScorecard(_ backend: Backend) async {
    do {
      let customer = try await CommandFinder(backend: backend).customer(code: "ACME")
      let month = ScorecardTable.lastMonth
      let card = try await backend.call("scorecard.read", .object(["customer": customer, "month": .text(month)]))
      print(ScorecardTable(card: card, title: "ACME").text)
    } catch {
      backend.logger.error("no scorecard", metadata: ["error": "\(error)"])
    }
  }

  static func fill(_ backend: Backend, share: Int) async throws {
    let provider = backend.provider
    let demonstration = Demonstration(
      database: backend.database, registry: backend.dispatcher.registry, provider: provider,
      cursors: try await Installation(tenancy: backend.tenancy).cursorSigner(provider: provider), logger: backend.logger)
    guard try await !demonstration.isTold() else { return }
    let bar = ProgressBar(CommandMessages.demoProgress.text(Terminal.language))
    // To the full hour, so that two runs of one hour tell the same.
    let now = SystemClock().now()
    try await demonstration.tell(until: Instant(seconds: now.seconds - now.seconds % 3600), share: share) { done, total in bar.show(done, of: total) }
    bar.finish()
    for customer in try await CommandFinder(backend: backend).all("customer.list", []) {
      try await backend.call("scorecard.rebuild", .object(["customer": customer["id"] ?? .null]))
    }
  }
}
