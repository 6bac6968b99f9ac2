import Kernel
import Live
import Operations
import Tenancy

/// Lets a listener in: who he is, what he wants to be told, and whether there is room.
struct LiveDoor: Sendable {
  let hub: LiveHub
  let dispatcher: Dispatcher

  /// - Parameter authenticate: who shows the token, asked anew while the stream lives.
  func open(
    _ exchange: Exchange, as principal: Principal, _ call: Call, authenticate: @escaping @Sendable () async throws -> Principal?
  ) async throws -> Reply {
    let rights = LiveRights(of: principal, at: dispatcher.tenancy.clock.now())
    guard rights.isAny else { throw Failure(.denied, OperationMessages.denied, ["permission": LiveRights.permissions.joined(separator: ", ")]) }
    let input = try await input(try exchange.target.parameters())
    let interest = try await interest(input, rights, principal, call)
    let request = LiveHub.Request(
      principal: principal, interest: interest, lastEventId: exchange.headers.lastEventId, authenticate: authenticate)
    let stream = try place(request)
    exchange.closed.whenComplete { _ in stream.end(.gone) }
    guard let first = await stream.next() else {
      if stream.ending == .revoked { throw Failure(.unauthenticated, OperationMessages.unauthenticated) }
      throw Failure(.busy, OperationMessages.busy, retryAfterSeconds: 5, debug: "no stream: \(stream.ending?.rawValue ?? "")")
    }
    return Reply(live: LiveAnswer(stream: stream, first: first))
  }

  private func input(_ query: [(name: String, text: String)]) async throws -> LiveInput {
    let given = try RequestInput.value(LiveInput.fields, id: nil, query: query, body: [])
    let value = try await dispatcher.withIds(given, LiveInput.fields)
    do throws(FieldError) {
      return try InputValues.read(LiveInput.self, from: value)
    } catch {
      throw Failure(.invalid, KernelMessages.invalidInput, violations: error.violations)
    }
  }

  /// What somebody may not read is answered like what is not there.
  private func interest(_ input: LiveInput, _ rights: LiveRights, _ principal: Principal, _ call: Call) async throws -> LiveInterest {
    for (process, id) in input.tickets {
      _ = try await dispatcher.invoke(process.reading.name, .object(["id": .id(id)]), as: principal, call)
    }
    var customers: Set<TenantId>?
    for (index, id) in (input.customers ?? []).enumerated() {
      let named = try await dispatcher.tenancy.tenant(id.handle)
      guard let named, named.kind == .customer, named.publicIdBits == id.random, rights.readsTickets(of: named.id) else {
        throw Failure.invalid("customers[\(index)]", InputMessages.unknownReference)
      }
      customers = (customers ?? []).union([named.id])
    }
    return LiveInterest(customers: customers, tickets: input.tickets.isEmpty ? nil : Set(input.tickets.map(\.id)))
  }

  private func place(_ request: LiveHub.Request) throws(Failure) -> LiveStream {
    do throws(LiveHub.Refusal) {
      return try hub.open(request)
    } catch {
      switch error {
      case .tooManyOfAccount(let most):
        throw Failure(.limited, HTTPMessages.tooManyStreams, ["most": String(most)], retryAfterSeconds: 30)
      case .tooManyOfCustomer(let most):
        throw Failure(.limited, HTTPMessages.tooManyStreamsOfCustomer, ["most": String(most)], retryAfterSeconds: 30)
      case .tooManyInAll: throw Failure(.busy, HTTPMessages.streamsFull, retryAfterSeconds: 30)
      case .stopping: throw Failure(.busy, OperationMessages.busy, retryAfterSeconds: 5)
      }
    }
  }
}
