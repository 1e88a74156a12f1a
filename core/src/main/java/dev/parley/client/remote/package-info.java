/**
 * Clients in other processes. A {@link dev.parley.client.remote.ClientServer} shows one validator's log on a TCP port; a
 * {@link dev.parley.client.remote.RemoteLog} is that log seen from afar; a {@link dev.parley.client.remote.ClusterClient} has one for each
 * validator and believes none. The protocol between them is {@link dev.parley.client.remote.ClientFrame}. Knows the log and the binary form;
 * knows no validator's inside. Begin with {@link dev.parley.client.remote.ClusterClient}.
 */
@NullMarked
package dev.parley.client.remote;

import org.jspecify.annotations.NullMarked;
