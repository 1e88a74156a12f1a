package dev.parley.testkit.cluster;

import dev.parley.app.Application;
import dev.parley.app.StateMachine;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.function.Supplier;

/** Objects of classes that a test names, which other processes make from the name alone. */
final class Named {
    private Named() {}

    /**
     * The application that a class makes, or whose state machine it is.
     *
     * @throws ClusterException that says what is wrong with the class
     */
    @SuppressWarnings("unchecked") // as each case has asked
    static Application<?, ?, ?> application(String name) {
        Object made = object(name);
        return switch (made) {
            case Supplier<?> maker when maker.get() instanceof Application<?, ?, ?> application -> application;
            case StateMachine<?, ?, ?> machine ->
                application((Class<? extends StateMachine<Object, Object, Object>>) machine.getClass());
            default ->
                throw new ClusterException(name + " is no StateMachine, and no Supplier of an Application either");
        };
    }

    /** With Jackson for the types that the class says it is a state machine of. */
    @SuppressWarnings("unchecked") // the types are those of the machine
    private static Application<?, ?, ?> application(Class<? extends StateMachine<Object, Object, Object>> machine) {
        for (Type type : machine.getGenericInterfaces()) {
            if (type instanceof ParameterizedType generic
                    && generic.getRawType() == StateMachine.class
                    && generic.getActualTypeArguments()[0] instanceof Class<?> commands
                    && generic.getActualTypeArguments()[1] instanceof Class<?> results
                    && generic.getActualTypeArguments()[2] instanceof Class<?> snapshots) {
                return Application.of(
                        () -> machine.cast(object(machine.getName())),
                        (Class<Object>) commands,
                        (Class<Object>) results,
                        (Class<Object>) snapshots);
            }
        }
        throw new ClusterException(machine.getName()
                + " does not implement StateMachine with three classes without parameters of their own;"
                + " name a Supplier of an Application instead, which says how they are written");
    }

    /** @throws ClusterException if it is no class that anybody can make an object of */
    static Object object(String name) {
        try {
            Constructor<?> constructor = Class.forName(name).getConstructor();
            return constructor.newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new ClusterException(
                    name + " must be public, static if it stands in another class, and have a public constructor"
                            + " without parameters, so that other processes can make one",
                    e);
        } catch (ReflectiveOperationException e) {
            throw new ClusterException(name + " cannot be made: " + e, e);
        }
    }
}
